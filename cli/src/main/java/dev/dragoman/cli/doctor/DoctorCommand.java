// SPDX-License-Identifier: Apache-2.0
package dev.dragoman.cli.doctor;

import dev.dragoman.Precision;
import dev.dragoman.cli.console.Console;
import dev.dragoman.cli.console.ExitCode;
import dev.dragoman.cli.console.Verbosity;
import dev.dragoman.cli.files.JsonReport;
import dev.dragoman.cli.options.CommandContext;
import dev.dragoman.cli.options.DecodingOptions;
import dev.dragoman.cli.options.DeviceNames;
import dev.dragoman.cli.options.LanguageOptions;
import dev.dragoman.cli.options.Usage;
import dev.dragoman.device.FoundDevice;
import dev.dragoman.device.Inspection;
import dev.dragoman.doctor.Doctor;
import dev.dragoman.doctor.DoctorObserver;
import dev.dragoman.doctor.Effort;
import dev.dragoman.doctor.GoldenRecord;
import dev.dragoman.doctor.TestSet;
import dev.dragoman.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman doctor}: what is on this machine, and whether it computes as it should. */
@Command(
    name = "doctor",
    description = {
      "Shows what is on this machine to compute on, and why not more; compares every operation"
          + " with float64 and a model with its golden outputs, and times each operation. Then"
          + " translates a text in each precision, and says which is the fastest here and what it"
          + " costs in BLEU.",
      ""
    },
    footer = {
      "",
      "The share is that of the least time in which the hardware could do the operation: its"
          + " memory's or its products'. More than 100 %% comes out of the caches.",
      "",
      "Lines per second are those of the best of a few passes with one worker, of processor time on"
          + " a CPU. BLEU is that of sacreBLEU (cased, 13a), and without --reference tells only how"
          + " near translations are to those in float32, where 100 are the same ones.",
      "",
      "Exit codes: 0 everything that is there agrees, 1 something does not, or what was asked for"
          + " is not there, 2 wrong usage."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final String AUTO = "auto";

  private final CommandContext context;
  private final Console console;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-d", "--device"},
      paramLabel = "DEVICE",
      defaultValue = AUTO,
      description =
          "cpu, cuda or cuda:all (every GPU), cuda:1, several GPUs as cuda:0,1, or auto (everything"
              + " that is there); default ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      split = ",",
      completionCandidates = DecodingOptions.Precisions.class,
      description =
          "Examines only these, separated by commas: float32, bfloat16, int8, float16 (GPU) or auto"
              + " (the device's choice); by default all that a device has.")
  private List<Precision> precisions = new ArrayList<>();

  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description = "A model with golden outputs in its folder golden; by default the bundled one.")
  private Path model;

  @Mixin private TestSetOptions testSet;

  @Mixin private LanguageOptions languages;

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything there, too.")
  private Path json;

  @Option(
      names = "--quick",
      description =
          "For a machine that is there for minutes: some golden outputs, brief times, and precisions"
              + " are compared only with --text, in one pass.")
  private boolean quick;

  /** How thoroughly to examine; tests ask for the least, as Java compiles their vectors badly. */
  @Option(
      names = "--effort",
      paramLabel = "EFFORT",
      defaultValue = "full",
      hidden = true,
      description = "full or least.")
  private Effort effort;

  public DoctorCommand(CommandContext context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() throws IOException {
    DeviceNames.check(spec, device);
    DoctorTarget target = DoctorTarget.of(device);
    Optional<Path> directory = context.modelOrBundled(model);
    LanguageOptions.Languages between = languages.checked();
    Optional<TestSet> named = testSet.read(console);
    Usage.require(spec, named.isEmpty() || directory.isPresent(), "--text needs --model");
    Optional<JsonReport> file = JsonReport.checked(json);
    Optional<Doctor.Patient> patient = Optional.empty();
    if (directory.isPresent()) {
      patient = Optional.of(patient(context.backend().locate(directory.get()), named, between));
    }
    DoctorTable table = new DoctorTable(spec.commandLine().getOut());
    String note = modelNote(directory, patient);
    table.machine(note);
    Map<String, Inspection> found = context.backend().inspect();
    table.inspections(found);
    DoctorReport empty = new DoctorReport(found, List.of(), note, target.problem(found));
    PrecisionChoice choice = new PrecisionChoice(precisions);
    List<FoundDevice> chosen = target.choose(found);
    if (empty.problem().isEmpty()) { // else the processor may have been chosen instead
      choice.require(chosen);
    }
    List<DoctorObserver> observers = new ArrayList<>();
    observers.add(this::progress);
    observers.add(table);
    file.ifPresent(kept -> observers.add(new DoctorJson(kept, empty)));
    Doctor doctor = new Doctor(patient, quick ? Effort.QUICK : effort, observers);
    DoctorReport report =
        empty.with(
            chosen.stream()
                .filter(device -> !choice.of(device).isEmpty())
                .map(device -> doctor.examine(device, choice.of(device)))
                .toList());
    table.verdict(report);
    if (file.isPresent()) {
      file.get().write(report.json());
    }
    report.failure().ifPresent(failure -> console.message("dragoman: " + failure));
    return report.failure().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private Doctor.Patient patient(
      Path directory, Optional<TestSet> named, LanguageOptions.Languages between)
      throws IOException {
    Model opened = between.choose(context.backend().open(directory));
    List<GoldenRecord> golden = GoldenRecord.beside(directory);
    Optional<TestSet> compared = quick ? named : named.or(() -> TestSet.of(golden));
    if (compared.isPresent()) {
      opened.requireLanguages();
    }
    return new Doctor.Patient(opened, golden, compared);
  }

  private static String modelNote(Optional<Path> directory, Optional<Doctor.Patient> patient) {
    if (directory.isEmpty()) {
      return "none is bundled here: name one with --model";
    }
    int records = patient.map(p -> p.golden().size()).orElse(0);
    if (records > 0) {
      return directory.get() + ", with " + records + " golden outputs";
    }
    boolean compares = patient.flatMap(Doctor.Patient::testSet).isPresent();
    return directory.get()
        + ", which has no golden outputs (golden/*.jsonl): nothing to compare with"
        + (compares ? "" : "; --text FILE compares precisions");
  }

  private void progress(String what) {
    if (context.verbosity() != Verbosity.QUIET) {
      console.message("dragoman: " + what);
    }
  }
}
