#!/bin/bash
# The resources of each kernel as a Markdown table, from what ptxas said when the fatbin was built:
#   report.sh target/cuda/ptxas.log
# Registers for one architecture (sm_90), and the most bytes spilled on any.
echo "| kernel | registers | static shared bytes | spilled bytes |"
echo "|---|---|---|---|"
awk '
  /Compiling entry function/ {
    gsub(/\047/, ""); name = $7; architecture = $9
  }
  /bytes spill stores/ { spilled = $5 + $9; if (spilled > spills[name]) spills[name] = spilled }
  /Used [0-9]+ registers/ {
    names[name] = 1
    if (architecture == "sm_90") {
      registers[name] = $5
      shared[name] = match($0, /[0-9]+ bytes smem/) ? substr($0, RSTART, RLENGTH - 11) : 0
    }
  }
  END {
    for (k in names) {
      printf "| `%s` | %d | %d | %d |\n", k, registers[k], shared[k], spills[k]
    }
  }' "$1" | LC_ALL=C sort
