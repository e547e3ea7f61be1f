using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>A Dockerfile or Containerfile.</summary>
internal sealed record Dockerfile(IReadOnlyList<Instruction> Instructions)
{
    private ILookup<int, Instruction>? _byStage;

    private HashSet<int>? _inImage;

    public IReadOnlyList<DockerStage> Stages { get; } = DockerStages.Of(Instructions);

    /// <summary>The stage that becomes the image; null where there is no FROM.</summary>
    public DockerStage? Last => Stages is [.., var last] ? last : null;

    public IEnumerable<Instruction> Of(string name) => Instructions.Where(i => i.Name == name);

    /// <summary>The instructions of one stage.</summary>
    public IEnumerable<Instruction> In(DockerStage stage) => (_byStage ??= Instructions.ToLookup(i => i.Stage))[stage.Index];

    /// <summary>Every command of every RUN.</summary>
    public IEnumerable<DockerCommand> Commands =>
        Of("RUN").Where(r => r.Script is not null).SelectMany(r => r.Script!.Shell.Commands.Select(c => new DockerCommand(r, c)));

    /// <summary>Whether what a stage leaves behind is in the image: the last stage, and those it is built on.</summary>
    public bool IsInImage(int stage) => (_inImage ??= [.. Kept().Select(s => s.Index)]).Contains(stage);

    private IEnumerable<DockerStage> Kept()
    {
        for (var at = Last; at is not null; at = at.Base) yield return at;
    }
}

/// <summary>One command of a RUN.</summary>
internal sealed record DockerCommand(Instruction Run, ShellCommand Command)
{
    /// <summary>The other commands of the same RUN, this one included.</summary>
    public IReadOnlyList<ShellCommand> Siblings => Run.Script!.Shell.Commands;

    public TextRange InFile(TextRange piece) => Run.Script!.InFile(piece);
}

/// <summary>A build stage.</summary>
/// <param name="Name">What AS calls it, or null.</param>
/// <param name="Image">The base image, with the defaults of ARG filled in.</param>
/// <param name="ImageWord">Where it stands.</param>
/// <param name="Base">The earlier stage it is built on, or null.</param>
internal sealed record DockerStage(int Index, Instruction From, string? Name, string Image, DockerWord ImageWord, DockerStage? Base)
{
    /// <summary>The base image from outside; null for another stage, <c>scratch</c>, and what no default makes known.</summary>
    public WrittenImage? Outside => Base is not null || Image == "scratch" ? null : WrittenImage.Parse(Image);
}

/// <summary>A word of an instruction, without its quotes.</summary>
/// <param name="Range">Its place in the arguments.</param>
internal sealed record DockerWord(string Text, TextRange Range);

/// <summary>One instruction, its continued lines joined.</summary>
/// <param name="Name">In capitals: <c>FROM</c>; of <c>ONBUILD RUN</c> it is <c>RUN</c>.</param>
/// <param name="Arguments">What follows the name and, for RUN, the text of here-documents; <c>Arguments.InFile</c> gives places.</param>
/// <param name="Range">The whole instruction in the file.</param>
/// <param name="Stage">The 0-based build stage; -1 before the first FROM.</param>
internal sealed record Instruction(string Name, Script Arguments, TextRange Range, int Stage)
{
    private InstructionArguments? _parsed;

    private InstructionArguments Parsed => _parsed ??= new(Arguments);

    public bool IsOnBuild { get; init; }

    /// <summary>Leading words of the form <c>--name=value</c>.</summary>
    public IReadOnlyList<DockerWord> Flags => Parsed.Flags;

    /// <summary>The words after the flags; of a JSON array its items.</summary>
    public DockerWord[] Words => Parsed.Exec ?? Parsed.Words;

    /// <summary>Whether the arguments are a JSON array of texts.</summary>
    public bool IsExec => Parsed.Exec is not null;

    /// <summary>The value of a flag: <c>builder</c> of <c>--from=builder</c>.</summary>
    public DockerWord? Flag(string name) => Flags.FirstOrDefault(f => f.Text.StartsWith($"--{name}=", StringComparison.Ordinal)) is { } flag
        ? new(flag.Text[(name.Length + 3)..].Trim('"'), flag.Range) : null;

    /// <summary>Whether a RUN mounts a cache at a path or above it.</summary>
    public bool MountsCache(string path) => Flags.Any(f => f.Text.StartsWith("--mount=", StringComparison.Ordinal)
        && (f.Text.Contains("type=cache", StringComparison.Ordinal) || f.Text.Contains("type=tmpfs", StringComparison.Ordinal)) && f.Text.Contains(path, StringComparison.Ordinal));

    /// <summary>What a RUN, CMD or ENTRYPOINT gives to a shell, or runs itself; a here-document alone is the script.</summary>
    public Script? Script => Parsed.Script;

    /// <summary>The names and values that ENV, ARG and LABEL set.</summary>
    public IReadOnlyList<DockerPair> Pairs => Parsed.Pairs(Name);
}

/// <param name="Value">Null where none is given.</param>
internal sealed record DockerPair(string Name, string? Value, TextRange Range);
