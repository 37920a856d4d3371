"""Writes the pictures of this folder with Pillow (made with 13.0)."""
import numpy as np
from PIL import Image

pixels = np.array(
    [[[255, 0, 0], [0, 255, 0], [10, 20, 30]], [[0, 0, 255], [1, 2, 3], [200, 100, 50]]], np.uint8)
picture = Image.fromarray(pixels)
picture.save("color.png")
picture.save("color.bmp")
picture.convert("L").save("grey.png")
picture.convert("P", palette=Image.ADAPTIVE).save("palette.bmp")
alpha = np.array([[0, 128, 255], [1, 2, 3]], np.uint8)
Image.fromarray(np.dstack([pixels, alpha])).save("alpha.png")
halves = np.zeros((8, 8, 3), np.uint8)
halves[:, :4] = [200, 30, 40]
halves[:, 4:] = [20, 180, 90]
Image.fromarray(halves).save("halves.jpg", quality=95, subsampling=0)
