using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.Catalog;

// actions:
//   include: [actions/*.yaml]          # files with a map 'catalog' of their own
//   path: [/usr/local/bin, /usr/bin, /bin]
//   hosts:
//     stage: { … }                     # see ActionHostOptions
//   catalog:
//     restart-unit: { … }              # see ActionOptions

/// <summary>What OpsBot may do, once people have approved it. Nothing else ever runs.</summary>
public sealed class ActionsOptions
{
    public const string Section = "actions";

    /// <summary>Files to include, relative to the configuration file; <c>*</c> stands for any part of a file's name.</summary>
    [MaxLength(100)]
    public List<string> Include { get; set; } = [];

    /// <summary>Folders in which programs are looked for, and the PATH that they get. Never that of OpsBot's own environment.</summary>
    [MinLength(1), MaxLength(20)]
    public List<string> Path { get; set; } = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Other machines by name, for actions that run there.</summary>
    [MaxLength(100)]
    public Dictionary<string, ActionHostOptions> Hosts { get; set; } = [];

    /// <summary>Actions by name.</summary>
    [MaxLength(500)]
    public Dictionary<string, ActionOptions> Catalog { get; set; } = [];
}

/// <summary>One action. Argument vectors are the program first, one argument each, never a line for a shell.</summary>
public sealed class ActionOptions
{
    /// <summary>What it does, as people read it who approve it.</summary>
    [Required, MaxLength(300)]
    public string Description { get; set; } = "";

    /// <summary>Parameters by name; <c>{name}</c> stands for the value.</summary>
    [MaxLength(20)]
    public Dictionary<string, ParameterOptions> Parameters { get; set; } = [];

    [Required]
    public RiskOption? Risk { get; set; }

    /// <summary>What is locked while it runs: two runs with one target never overlap. <c>deployment/{namespace}/{name}</c>.</summary>
    [Required, MaxLength(200)]
    public string Target { get; set; } = "";

    /// <summary>
    /// Environment that the target is in, for the rules and freezes of <c>policy</c>: <c>production</c>, or <c>{env}</c>. Default: that of the incident; where there
    /// is none either, every rule and freeze of any environment holds.
    /// </summary>
    [MaxLength(100)]
    public string? TargetEnvironment { get; set; }

    public BlastOptions Blast { get; set; } = new();

    /// <summary>The command itself.</summary>
    [Required, MinLength(1), MaxLength(100)]
    public List<string> Run { get; set; } = [];

    /// <summary>Prints what <see cref="Run"/> would do, and changes nothing. Really run for every proposal.</summary>
    [MaxLength(100)]
    public List<string> DryRun { get; set; } = [];

    /// <summary>Takes it back. Needed where <see cref="Risk"/> is reversible.</summary>
    [MaxLength(100)]
    public List<string> Undo { get; set; } = [];

    /// <summary>Says after a crash whether it was done: exit 0 done, exit 1 not done, anything else nobody knows.</summary>
    [MaxLength(100)]
    public List<string> Probe { get; set; } = [];

    /// <summary>Prints one flat JSON object. Approvals are bound to its fields; <c>{state.field}</c> stands for one in <see cref="Run"/> and <see cref="Undo"/>.</summary>
    [MaxLength(100)]
    public List<string> State { get; set; } = [];

    /// <summary>Variables besides PATH, HOME, LANG, TZ and the like. Taken as written, without placeholders.</summary>
    [MaxLength(50)]
    public Dictionary<string, string> Environment { get; set; } = [];

    /// <summary>Longest time of <see cref="Run"/> and <see cref="Undo"/>. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "2.00:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// <see cref="Run"/> gets a terminal, which a person on the machine can look at while it works (<c>opsbot actions attach</c>). For what takes hours. Default false.
    /// </summary>
    public bool Terminal { get; set; }

    /// <summary>Name under <c>actions.hosts</c>: all commands of this action but those of its health run there, over ssh. Default: on this machine.</summary>
    [MaxLength(60)]
    public string? Host { get; set; }

    /// <summary>What the thread is told of while <see cref="Run"/> works.</summary>
    public FollowOptions Follow { get; set; } = new();

    /// <summary>It runs with one value after the other until a training run reaches its target. Default: once.</summary>
    public LoopOptions? Loop { get; set; }

    /// <summary>Longest time of <see cref="DryRun"/>, <see cref="Probe"/>, <see cref="State"/> and health checks. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ReadTimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most output that is kept of each command, in KiB. Default 256.</summary>
    [Range(1, 16_384)]
    public int OutputLimitKiB { get; set; } = 256;

    /// <summary>Further files that are executed: their hash is part of what is approved.</summary>
    [MaxLength(50)]
    public List<string> Files { get; set; } = [];

    /// <summary>Where the commands run. Default: a private folder of the run.</summary>
    [MaxLength(500)]
    public string? WorkingDirectory { get; set; }

    /// <summary>Where relative paths of this action start. Default: the folder of the file that declares it.</summary>
    [MaxLength(500)]
    public string? Folder { get; set; }

    [MaxLength(20)]
    public List<HealthOptions> Health { get; set; } = [];

    public ActionGatesOptions Gates { get; set; } = new();

    public ApprovalOptions Approval { get; set; } = new();

    /// <summary>When a diagnosis makes OpsBot propose it.</summary>
    [MaxLength(20)]
    public List<SuggestOptions> Suggest { get; set; } = [];
}

/// <summary>The risks an action that runs can have.</summary>
public enum RiskOption
{
    Reversible,
    Irreversible,
}

public sealed class ParameterOptions
{
    /// <summary>Default <c>text</c>.</summary>
    public ParameterType Type { get; set; } = ParameterType.Text;

    /// <summary>
    /// Of a text: a regular expression that the whole value must match, without look-arounds and back-references. Default: a letter, digit or <c>_</c>,
    /// then letters, digits and <c>_ . : / @ + -</c>. A leading <c>/</c> or <c>~</c> is only taken where the pattern begins with it.
    /// </summary>
    [MaxLength(500)]
    public string? Pattern { get; set; }

    /// <summary>Of an integer: the least and the greatest.</summary>
    public long? Min { get; set; }

    public long? Max { get; set; }

    /// <summary>Of a text: most characters. Default 200.</summary>
    [Range(1, 4096)]
    public int MaxLength { get; set; } = 200;

    /// <summary>Of a choice: the values.</summary>
    [MaxLength(100)]
    public List<string> Choices { get; set; } = [];

    /// <summary>Taken where no argument is given.</summary>
    [MaxLength(4096)]
    public string? Default { get; set; }

    /// <summary>Letters beyond ASCII too, all of one script. Default false.</summary>
    public bool Unicode { get; set; }

    [MaxLength(300)]
    public string Description { get; set; } = "";
}

/// <summary>How much a run touches; each may hold placeholders.</summary>
public sealed class BlastOptions
{
    /// <summary>Things of that sort. Default 1.</summary>
    [Required, MaxLength(100)]
    public string Count { get; set; } = "1";

    /// <summary>0 to 1 of all of them.</summary>
    [MaxLength(100)]
    public string? Share { get; set; }

    /// <summary><c>production</c>, <c>staging</c>, … or <c>{parameter}</c>.</summary>
    [MaxLength(100)]
    public string? Tier { get; set; }
}

/// <summary>A number that says how well the target does: the last line that a command prints, or a Prometheus expression. One of the two.</summary>
public sealed class HealthOptions
{
    [Required, MaxLength(50)]
    public string Name { get; set; } = "";

    [MaxLength(100)]
    public List<string> Command { get; set; } = [];

    [MaxLength(2000)]
    public string? Prometheus { get; set; }

    /// <summary>Which way is worse. Default higher.</summary>
    public WorseOption Worse { get; set; } = WorseOption.Higher;

    /// <summary>Relative change that is not yet a regression. Default 0.1.</summary>
    [Range(0.0, 10.0)]
    public double Tolerance { get; set; } = 0.1;

    /// <summary>Absolute change that is not yet a regression. Default 0.</summary>
    [Range(0.0, 1e12)]
    public double Floor { get; set; }

    /// <summary>How long after the run it is sampled. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1:00:00")]
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(30);
}

public enum WorseOption
{
    Higher,
    Lower,
}

/// <summary>Names of programs in the gates folder.</summary>
public sealed class ActionGatesOptions
{
    [MaxLength(20)]
    public List<string> BeforeProposal { get; set; } = [];

    /// <summary>Right before it runs.</summary>
    [MaxLength(20)]
    public List<string> Before { get; set; } = [];

    /// <summary>Right after it ran.</summary>
    [MaxLength(20)]
    public List<string> After { get; set; } = [];
}

public sealed class ApprovalOptions
{
    /// <summary>Roles of which an approver has one.</summary>
    [MinLength(1), MaxLength(20)]
    public List<string> Roles { get; set; } = ["oncall"];

    /// <summary>People who must approve. Default 1; 2 where it is irreversible, and never fewer there.</summary>
    [Range(1, 10)]
    public int? Quorum { get; set; }

    /// <summary>How long a proposal may be approved and started. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Expires { get; set; } = TimeSpan.FromMinutes(30);
}

/// <summary>Proposes the action for causes like these.</summary>
public sealed class SuggestOptions
{
    /// <summary>Kinds of causes; any where empty.</summary>
    [MaxLength(20)]
    public List<Contracts.Diagnoses.CauseKind> Kinds { get; set; } = [];

    /// <summary>Patterns of services with <c>*</c>; any where empty.</summary>
    [MaxLength(100)]
    public List<string> Services { get; set; } = [];

    /// <summary>Instead of causes: what a watch finds wrong, with <c>*</c>: <c>hang</c>, <c>not-reached</c>, <c>fault-*</c>. Everything else here but the arguments is of causes.</summary>
    [MaxLength(20)]
    public List<string> Findings { get; set; } = [];

    /// <summary>
    /// Parameter → text with <c>{cause.service}</c>, <c>{cause.instance}</c>, <c>{cause.object}</c>, <c>{cause.change}</c>, <c>{change.version}</c>, <c>{incident.environment}</c>;
    /// of findings <c>{watch.job}</c>, <c>{watch.name}</c>, <c>{watch.user}</c>, <c>{watch.environment}</c>, <c>{watch.step}</c>, <c>{watch.best-step}</c>, <c>{watch.node}</c>, and of canaries
    /// <c>{watch.service}</c>, <c>{watch.version}</c>, <c>{watch.commit}</c>, <c>{watch.namespace}</c>, <c>{watch.rollout}</c>, <c>{watch.metric}</c> and others (docs/canaries.md).
    /// </summary>
    [MaxLength(20)]
    public Dictionary<string, string> Arguments { get; set; } = [];

    /// <summary>Least confidence of the cause. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; set; } = 0.5;
}
