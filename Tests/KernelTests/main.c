#include "support.h"

#include <stdio.h>
#include <string.h>

// Compares every micro-kernel that this machine can run with the reference's arithmetic. Arguments
// are the names of suites; without any, all run.

static bool is_wanted(const suite *suite, int count, char **names) {
  if (count == 0) return true;
  for (int i = 0; i < count; ++i) {
    if (strcmp(names[i], suite->name) == 0) return true;
  }
  return false;
}

int main(int argument_count, char **arguments) {
  static const suite *const suites[] = {
      &convolution_suite, &depthwise_suite, &float_suite, &hybrid_suite, &loop_suite,
      &pair_suite, &real_suite, &sum_suite, &table_suite, &thread_suite,
      &wide_suite};
  for (size_t i = 0; i < sizeof suites / sizeof suites[0]; ++i) {
    if (!is_wanted(suites[i], argument_count - 1, arguments + 1)) continue;
    printf("suite: %s\n", suites[i]->name);
    suites[i]->run();
  }
  return report();
}
