// SPDX-License-Identifier: Apache-2.0
// Measures CTranslate2 for compare.py: one replica, one thread, on a file of pieces.
//
//   ctranslate2 MODEL PIECES TYPE BEAM BATCH PASSES [--lines N] [--latency N] [--output FILE] [--scores] [--serve]
//
// After a pass that is not counted it prints a line for each pass. With --serve it then reads "pass", "latency N" and
// "quit" from its standard input and answers each with a line, so that two programs can take turns. Built beside
// CTranslate2, with its headers and library:
//
//   g++ -O2 -std=c++17 -o ctranslate2 ctranslate2.cc -I$CT2/include -L$CT2/build -lctranslate2 -Wl,-rpath,$CT2/build
#include <ctranslate2/translator.h>
#include <ctranslate2/types.h>

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace ctranslate2;
using Lines = std::vector<std::vector<std::string>>;

static double seconds(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static Lines read_pieces(const std::string& path, size_t limit) {
  std::ifstream in(path);
  if (!in) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(1);
  }
  Lines lines;
  for (std::string line; lines.size() < limit && std::getline(in, line);) {
    std::istringstream s(line);
    std::vector<std::string> pieces;
    for (std::string piece; s >> piece;)
      pieces.push_back(piece);
    lines.push_back(std::move(pieces));
  }
  return lines;
}

// The value below which a share of the sorted values lie, nearest rank.
static double percentile(const std::vector<double>& sorted, double share) {
  size_t rank = static_cast<size_t>(share * sorted.size() + 0.999999);
  return sorted[std::min(std::max<size_t>(rank, 1), sorted.size()) - 1];
}

static int run(int argc, char* argv[]) {
  if (argc < 7) {
    std::fprintf(stderr, "usage: ctranslate2 MODEL PIECES TYPE BEAM BATCH PASSES"
                         " [--lines N] [--latency N] [--output FILE] [--scores] [--serve]\n");
    return 2;
  }
  // libgomp, which libdnnl is linked with, reads this before main.
  if (!std::getenv("OMP_NUM_THREADS")) {
    setenv("OMP_NUM_THREADS", "1", 1);
    char self[4096];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
      self[n] = 0;
      execv(self, argv);
    }
    std::perror("execv");
    return 1;
  }

  const std::string model_dir = argv[1];
  const std::string compute = argv[3];
  const size_t batch = std::stoul(argv[5]);
  const int passes = std::stoi(argv[6]);
  TranslationOptions options;
  options.beam_size = std::stoul(argv[4]);
  size_t limit = static_cast<size_t>(-1);
  size_t latency_lines = 0;
  std::string output;
  bool serve = false;
  for (int i = 7; i < argc; i++) {
    const std::string a = argv[i];
    if (a == "--serve")
      serve = true;
    else if (a == "--scores")
      options.return_scores = true;
    else if (a == "--lines" && i + 1 < argc)
      limit = std::stoul(argv[++i]);
    else if (a == "--latency" && i + 1 < argc)
      latency_lines = std::stoul(argv[++i]);
    else if (a == "--output" && i + 1 < argc)
      output = argv[++i];
    else {
      std::fprintf(stderr, "unknown option %s\n", a.c_str());
      return 2;
    }
  }
  const Lines lines = read_pieces(argv[2], limit);

  ReplicaPoolConfig config;
  config.num_threads_per_replica = 1;
  Translator translator(model_dir, Device::CPU, str_to_compute_type(compute), {0}, false, config);

  auto pass = [&](bool print, const std::string& file) {
    const double wall0 = seconds(CLOCK_MONOTONIC), cpu0 = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto results = translator.translate_batch(lines, options, batch);
    const double wall = seconds(CLOCK_MONOTONIC) - wall0, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu0;
    size_t pieces = 0;
    for (const auto& r : results)
      pieces += r.output().size();
    if (print) {
      std::printf("pass wall_s %.4f cpu_s %.4f lines_per_cpu_s %.2f lines_per_wall_s %.2f lines %zu target_pieces %zu\n",
                  wall, cpu, lines.size() / cpu, lines.size() / wall, lines.size(), pieces);
      std::fflush(stdout);
    }
    if (!file.empty()) {
      std::ofstream out(file);
      for (const auto& r : results) {
        if (options.return_scores)
          out << r.score() << '\t';
        for (size_t i = 0; i < r.output().size(); i++)
          out << (i ? " " : "") << r.output()[i];
        out << '\n';
      }
    }
  };

  auto latency = [&](size_t count) {
    count = std::min(count, lines.size());
    std::vector<double> ms;
    const double wall0 = seconds(CLOCK_MONOTONIC), cpu0 = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < count; i++) {
      const double t = seconds(CLOCK_MONOTONIC);
      translator.translate_batch(Lines{lines[i]}, options, 1);
      ms.push_back(1e3 * (seconds(CLOCK_MONOTONIC) - t));
    }
    const double wall = seconds(CLOCK_MONOTONIC) - wall0, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu0;
    std::sort(ms.begin(), ms.end());
    std::printf("latency p50_ms %.3f p95_ms %.3f p99_ms %.3f lines %zu wall_s %.4f cpu_s %.4f\n",
                percentile(ms, 0.50), percentile(ms, 0.95), percentile(ms, 0.99), count, wall, cpu);
    std::fflush(stdout);
  };

  pass(false, output);  // the warm-up; its hypotheses are the ones written
  if (serve) {
    std::printf("ready lines %zu compute %s effective %s\n", lines.size(), compute.c_str(),
                compute_type_to_str(translator.get_first_replica().model()->effective_compute_type()).c_str());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream s(line);
      std::string word;
      s >> word;
      size_t count = latency_lines ? latency_lines : lines.size();
      if (word == "pass")
        pass(true, "");
      else if (word == "latency") {
        s >> count;  // "latency" or "latency N"
        latency(s ? count : (latency_lines ? latency_lines : lines.size()));
      } else if (word == "quit")
        break;
      else {
        std::printf("unknown\n");
        std::fflush(stdout);
      }
    }
    return 0;
  }
  for (int i = 0; i < passes; i++)
    pass(true, "");
  if (latency_lines)
    latency(latency_lines);
  return 0;
}

int main(int argc, char* argv[]) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "driver: %s\n", e.what());
    return 1;
  }
}
