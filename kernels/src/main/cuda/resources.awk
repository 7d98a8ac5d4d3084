# What each kernel takes of a multiprocessor, the most on any architecture: from what ptxas -v says, in which every
# kernel begins with its name.
function most(of, what) {
  if (what + 0 > of[name] + 0) of[name] = what + 0
}
function number_before(unit) {
  return match($0, "[0-9]+ " unit) ? substr($0, RSTART, RLENGTH - length(unit) - 1) : 0
}
/Compiling entry function/ { split($0, quoted, "'"); name = quoted[2]; names[name] }
/bytes stack frame/ {
  most(stack, number_before("bytes stack frame"))
  most(spilled, number_before("bytes spill stores") + number_before("bytes spill loads"))
}
/Used [0-9]+ registers/ {
  most(registers, number_before("registers"))
  most(shared, number_before("bytes smem"))
}
END {
  OFS = "\t"
  print "kernel", "registers", "static_shared_bytes", "stack_bytes", "spilled_bytes"
  fflush()  # before what sort prints
  sort = "LC_ALL=C sort"
  for (k in names) print k, registers[k], shared[k] + 0, stack[k] + 0, spilled[k] + 0 | sort
}
