using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Local;

/// <summary>The steps of a job as one script: each keeps a shell of its own, as the platform gives it.</summary>
/// <param name="variables">Of the pipeline and the job; a later one stands for an earlier of the same name.</param>
/// <param name="inputs">What may be handed in: nobody does here, so that each is what it is then.</param>
/// <param name="isInstalled">Whether a program is on this machine.</param>
/// <param name="refuse">Told what is not run, and where it stands.</param>
/// <param name="warn">Told what is another here, and where it stands.</param>
internal sealed class ForeignScript(
    Platform platform, IReadOnlyList<PortableVariable> variables, IReadOnlyList<PortableInput> inputs, Func<string, bool> isInstalled, Action<string, TextRange> refuse, Action<string, TextRange> warn)
{
    /// <summary>The script of a job that has nothing to do here.</summary>
    public const string Nothing = ":";

    private const string Docker = "docker", Podman = "podman";

    // by the tool that a step sets up, or the action that does it
    private static readonly Dictionary<string, string> s_tools = new(StringComparer.OrdinalIgnoreCase)
    {
        ["node"] = "node",
        ["python"] = "python3",
        ["go"] = "go",
        ["java"] = "java",
        ["dotnet"] = "dotnet",
        ["actions/setup-node"] = "node",
        ["actions/setup-python"] = "python3",
        ["actions/setup-go"] = "go",
        ["actions/setup-java"] = "java",
        ["actions/setup-dotnet"] = "dotnet",
        ["ruby/setup-ruby"] = "ruby",
        ["pnpm/action-setup"] = "pnpm",
        ["oven-sh/setup-bun"] = "bun",
        ["dtolnay/rust-toolchain"] = "cargo",
        ["shivammathur/setup-php"] = "php",
        ["astral-sh/setup-uv"] = "uv",
        ["hashicorp/setup-terraform"] = "terraform",
        ["azure/setup-helm"] = "helm",
    };

    // what the platform sets and this machine knows, too
    private static readonly Dictionary<ReferenceKind, string> s_here = new()
    {
        [ReferenceKind.Commit] = "$(git rev-parse HEAD)",
        [ReferenceKind.RefName] = "$(git rev-parse --abbrev-ref HEAD)",
        [ReferenceKind.Workspace] = "$(pwd)",
        [ReferenceKind.TemporaryFolder] = "${TMPDIR:-/tmp}",
    };

    private readonly SortedDictionary<string, JobVariable> _environment = new(StringComparer.Ordinal);
    private readonly List<string> _exports = [];
    private readonly HashSet<ReferenceKind> _taken = [];
    private bool _contained;

    /// <summary>What the job sees; whole once its script is made.</summary>
    public IReadOnlyDictionary<string, JobVariable> Environment => _environment;

    /// <summary>Whether a step starts containers, which may do more than the job keeps; known once its script is made.</summary>
    public bool StartsContainers { get; private set; }

    public string Of(PortableJob job)
    {
        _contained = job.Container is not null;
        // on GitLab what may be handed in is a variable as any other
        var handed = platform == Platform.GitLab ? inputs.Select(input => new PortableVariable(input.Name, PortableText.Of(input.Default ?? ""), input.Source)) : [];
        foreach (var variable in handed.Concat(variables).GroupBy(v => v.Name).Select(g => g.Last())) Given(variable, _exports);
        var steps = job.Steps.Select(step => (Step: step, Command: Command(step))).Where(s => s.Command is not null).ToList();
        var head = string.Concat(_taken.Order().Select(kind => $"export {ReferenceTable.Shell(kind, platform)}=\"{s_here[kind]}\"\n").Concat(_exports.Select(line => line + "\n")));
        // one script alone needs nothing around it
        if (!job.FailureIgnored && steps is [{ Step: RunStep { When: RunsWhen.Succeeded, FailureIgnored: false }, Command: { } only }] && platform == Platform.GitLab) return head + only;
        if (steps.Count == 0) return Nothing;
        return $"{head}failed=0\n{string.Concat(steps.Select((s, i) => Guarded(s.Step, s.Command!, i)))}{(job.FailureIgnored ? "[ $failed = 0 ] || echo 'the job failed, which is ignored'\n" : "")}exit $failed\n";
    }

    private static string Guarded(PortableStep step, string command, int index)
    {
        var name = step.Name?.ToString() ?? LeftStep.Name(step);
        var run = $"echo {Words.Quote($"== {(name.Length > 0 ? name : $"step {index + 1}").ReplaceLineEndings(" ")}")}; {command} || {(step.FailureIgnored ? "echo 'the step failed, which is ignored'" : "failed=$?")}";
        return step.When switch
        {
            RunsWhen.Succeeded => $"if [ $failed = 0 ]; then {run}; fi\n",
            RunsWhen.Failed => $"if [ $failed != 0 ]; then {run}; fi\n",
            _ => $"{run}\n",
        };
    }

    /// <summary>A step as one command; null where there is nothing to do, or it is not run.</summary>
    private string? Command(PortableStep step)
    {
        switch (step)
        {
            // all jobs run in the one directory: its files are there
            case CheckoutStep or CacheStep or UploadStep or ReportStep: return null;
            case DownloadStep { Folder: null }: return null;
            case SetupStep setup: return Tool(s_tools[setup.Tool], $"setting up {setup.Tool}") + Version(s_tools[setup.Tool], setup.Version);
            case ForeignStep foreign when Named(foreign) == "actions/cache" || GitLabPages.IsStep(foreign): return null;
            case ForeignStep foreign when Named(foreign) == "actions/checkout": Checkout(foreign); return null;
            case ForeignStep foreign when s_tools.TryGetValue(Named(foreign), out var tool): return Tool(tool, Named(foreign)) + Version(tool, Asked(foreign));
            case RunStep when !ForeignJobs.Holds(step.If): refuse($"a step's condition is not decided here: {LeftStep.Name(step)}", step.Source); return null;
            case RunStep run: return Run(run);
            case ForeignStep foreign: refuse($"uses {Named(foreign)}", step.Source); return null;
            default: refuse($"does not {LeftStep.Name(step)} here", step.Source); return null;
        }
    }

    private static string Tool(string tool, string step) => $"{{ command -v {tool} >/dev/null || {{ echo {Words.Quote($"{step} needs {tool}, which is not installed here")} >&2; false; }}; }}";

    /// <summary>The tool that is here may be another than the pipeline's: its log says so. A version of the matrix is put in by the shell.</summary>
    private string Version(string tool, PortableText? asked)
    {
        if (asked is null || asked.IsEmpty) return "";
        var said = asked.References.All(reference => Name(reference) is not null) ? ShellText.Word(asked, Name) : Words.Quote(asked.ToString());
        return $" && echo \"{tool} is $({tool} {(tool is "go" or "helm" ? "version" : "--version")} | head -n 1) here;\" {Words.Quote("the pipeline sets up")} {said}";
    }

    /// <summary>The version that an action is told, by the names that the known ones have for it: <c>node-version</c>, <c>terraform_version</c>, <c>toolchain</c>.</summary>
    private static PortableText? Asked(ForeignStep step) =>
        (step.Inputs.FirstOrDefault(input => input.Name.EndsWith("version", StringComparison.OrdinalIgnoreCase) || input.Name == "toolchain")
            ?? step.Inputs.FirstOrDefault(input => input.Name.EndsWith("version-file", StringComparison.OrdinalIgnoreCase)))?.Value;

    private static string Named(ForeignStep step) => step.Uses.Split('@')[0];

    /// <summary>What lies here is what is run, whatever a step would bring in its place.</summary>
    private void Checkout(ForeignStep step)
    {
        foreach (var input in step.Inputs)
            if (input.Name is "repository" or "path" or "github-server-url" || (input.Name == "ref" && !IsThisCommit(input.Value)))
                refuse($"uses actions/checkout with {input.Name}: {input.Value}, and what lies here is another", step.Source);
            else if (input.Name is "sparse-checkout" or "filter") warn($"actions/checkout would bring some files alone ({input.Name}), and all are here", step.Source);
    }

    private static bool IsThisCommit(PortableText value) =>
        value.IsEmpty || value.Parts is [{ Reference: { Kind: ReferenceKind.Commit or ReferenceKind.Ref or ReferenceKind.RefName } }];

    private string? Run(RunStep run)
    {
        // GitLab's is what the image has, whatever its script is for
        var shell = (platform == Platform.GitLab ? null : run.Shell) switch { null => $"{Shell()} -c", "bash" => "bash -e -o pipefail -c", "sh" => "sh -e -c", "python" => "python3 -c", _ => null };
        if (shell is null) { refuse($"a step's shell is {run.Shell}", run.Source); return null; }
        var odd = run.Script.References.Where(r => r.InText || (!run.IsPosix) || Name(r) is null).ToList();
        if (odd is [var first, ..]) { refuse($"a step takes values of the platform: {first.Name ?? first.Kind.ToString()}", run.Source); return null; }
        var commands = run.IsPosix ? ShellScript.Parse(Text(run)).Commands : [];
        // the platform's machines have it; here it is asked for
        if (!isInstalled(Docker) && commands.Any(command => command.Is(Docker))) { refuse($"needs docker, which is not installed here: {run.Name?.ToString() ?? LeftStep.Name(run)}", run.Source); return null; }
        if (run.Timeout is not null) warn("the time limit of a step is the job's alone here", run.Source);
        StartsContainers |= commands.Any(command => command.Is(Docker) || command.Is(Podman));
        var before = new List<string>();
        foreach (var variable in run.Variables) Given(variable, before);
        if (run.Folder is { } folder && Word(folder, run.Source) is { } below) before.Add($"cd {below}");
        return $"({string.Concat(before.Select(b => b + " && "))}{shell} {Words.Quote(Text(run))})";
    }

    /// <summary>
    /// For a script that names none: bash where it is there, which of a container is known only within. GitLab's ends at a failure in any part of a pipe,
    /// GitHub's only where <c>shell: bash</c> stands.
    /// </summary>
    private string Shell()
    {
        var bash = platform == Platform.GitLab ? "bash -e -o pipefail" : "bash -e";
        return _contained ? $"$(command -v bash >/dev/null && echo {bash} || echo sh -e)" : isInstalled("bash") ? bash : "sh -e";
    }

    private string Text(RunStep run) => run.Script.Render(literal => literal, r => ShellText.Variable(r, Name(r)!));

    /// <summary>Gives a variable: by the environment where its value is text or kept elsewhere, else by a line of the script.</summary>
    private void Given(PortableVariable variable, List<string> lines)
    {
        var name = Names.Variable(variable.Name);
        var from = variable.Value.Parts is [{ Reference: { Kind: ReferenceKind.Secret or ReferenceKind.Setting or ReferenceKind.Token } kept }] ? Kept(kept) : null;
        if (from is not null && (_environment.TryAdd(name, from) || _environment[name] == from)) return;
        if (ReferenceEquals(lines, _exports) && variable.Value.IsLiteral) _environment[name] = new(variable.Value.Literal);
        else if (Word(variable.Value, variable.Source) is { } word) lines.Add($"export {name}={word}");
    }

    private JobVariable Kept(PortableReference reference) => reference.Kind == ReferenceKind.Token
        ? new(null, platform == Platform.GitLab ? "CI_JOB_TOKEN" : "GITHUB_TOKEN", Secret: true)
        : new(null, reference.Name!, reference.Kind == ReferenceKind.Secret);

    private string? Word(PortableText text, TextRange place)
    {
        if (text.References.FirstOrDefault(r => Name(r) is null) is not { } odd) return ShellText.Word(text, Name);
        refuse($"{text} takes a value of the platform: {odd.Name ?? odd.Kind.ToString()}", place);
        return null;
    }

    /// <summary>The variable that holds a value; null where this machine has none.</summary>
    private string? Name(PortableReference reference)
    {
        switch (reference.Kind)
        {
            case ReferenceKind.Variable or ReferenceKind.Axis: return Names.Variable(reference.Name!);
            case ReferenceKind.Secret or ReferenceKind.Setting or ReferenceKind.Token:
                var kept = Kept(reference);
                return _environment.TryAdd(Names.Variable(kept.From!), kept) || _environment[Names.Variable(kept.From!)] == kept ? Names.Variable(kept.From!) : null;
            // on GitHub one that nobody hands in is empty, or false
            case ReferenceKind.Input when inputs.FirstOrDefault(input => input.Name == reference.Name) is { } input && (input.Default ?? (input.Required ? null : input.IsBoolean ? "false" : "")) is { } value:
                var handed = platform == Platform.GitLab ? Names.Variable(input.Name) : Names.Variable($"INPUT_{input.Name}".ToUpperInvariant());
                return _environment.TryAdd(handed, new(value)) || _environment[handed] == new JobVariable(value) ? handed : null;
            case var kind when s_here.ContainsKey(kind) && ReferenceTable.Shell(kind, platform) is { } name:
                _taken.Add(kind);
                return name;
            default: return null;
        }
    }
}
