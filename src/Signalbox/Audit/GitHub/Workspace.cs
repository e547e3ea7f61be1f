using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>Which folders of a job's workspace hold an outsider's code, while its steps go by.</summary>
/// <param name="isForeign">Whether what a checkout asks for is an outsider's.</param>
/// <param name="artifacts">Whether artifacts of the run before are an outsider's.</param>
internal sealed class Workspace(Pipeline pipeline, Job job, Func<Step, bool> isForeign, bool artifacts)
{
    private static readonly string[] s_roots = ["${{ github.workspace }}", "${{github.workspace}}", "${GITHUB_WORKSPACE}", "$GITHUB_WORKSPACE"];

    // names of the runner's folder for what lasts as long as the job: docs.github.com, "Variables reference"
    private static readonly string[] s_temporary = ["${{ runner.temp }}", "${{runner.temp}}", "${RUNNER_TEMP}", "$RUNNER_TEMP"];

    // what stands for folders outside of the workspace
    private const string Temporary = "$RUNNER_TEMP", Machines = "$TMP", MachinesPath = "/tmp/";

    // the folder of each checkout, and whose step brought an outsider's code there; null for code of one's own
    private readonly Dictionary<string, Step?> _trees = new(StringComparer.Ordinal);

    private readonly UntrustedCode.FetchedChange _fetched = new();

    private readonly HashSet<Step> _unpacked = new(ReferenceEqualityComparer.Instance);

    // a step whose own commands before the checkout run what was there before
    private (Step Step, ShellCommand At)? _fetching;

    /// <summary>The first step that brought an outsider's code, or null.</summary>
    public Step? Checkout { get; private set; }

    /// <summary>Takes note of what a step checks out.</summary>
    public void Takes(Step step)
    {
        var put = step.Script is { } script ? _fetched.Puts(script.Shell) : null;
        var foreign = step.Script is null ? isForeign(step) : put is not null;
        var path = step.Uses is null ? Folder(step) : Join("", step.Input("path") ?? "");
        var unpacked = artifacts && !foreign ? ForeignArtifacts.Put(job, step) : null;
        _fetching = Checkout is null && _unpacked.Count == 0 && (put ?? unpacked?.By) is { } by ? (step, by) : null;
        if (foreign)
        {
            Checkout ??= step;
            // where it cannot be known, everywhere
            _trees[path ?? ""] = step;
        }
        else if (unpacked is var (folder, _))
        {
            _unpacked.Add(step);
            _trees[folder] = step;
        }
        // it empties the folder first; but which one of two that both have a condition runs is not known
        else if (step.Uses?.Is("actions/checkout") == true && step.Condition is null && path is not null) _trees[path] = null;
    }

    /// <summary>Whether a step brought no code, but artifacts.</summary>
    public bool IsUnpacked(Step step) => _unpacked.Contains(step);

    /// <summary>The place in a step that runs an outsider's code, and the checkout that brought it; null where none does.</summary>
    public (TextRange At, Step Checkout)? Runs(Step step)
    {
        if (Checkout is null && _unpacked.Count == 0) return null;
        if (step.Uses is { } uses) return UntrustedCode.UsesTree(step) && OfAction(step, uses) is { } brought ? (uses.Range, brought) : null;
        return step.Script is { } script ? Runs(script, Folder(step), _fetching is { } first && first.Step == step ? script.Shell.Commands.Where(c => c.Range.Start > first.At.Range.Start) : script.Shell.Commands) : null;
    }

    private (TextRange, Step)? Runs(Script script, string? folder, IEnumerable<ShellCommand> commands)
    {
        foreach (var command in commands)
        {
            // in ( … ) it holds for what is in there
            if (command.Program is "cd" or "pushd" or "Set-Location") folder = !IsInner(script.Shell, command) && command.Verb is { } to ? Join(folder, to) : null;
            else if (command.Program == "popd") folder = null;
            else if (UntrustedCode.RunsTree(command) && Of(command, folder) is { } brought) return (script.InFile(command.Range), brought);
        }
        return null;
    }

    private static bool IsInner(ShellScript shell, ShellCommand command) => command.Depth > 0 || shell.Text.AsSpan(0, command.Range.Start).TrimEnd().EndsWith("(");

    /// <summary>Whose code a command runs: that of its folder, or of one that it names.</summary>
    private Step? Of(ShellCommand command, string? folder)
    {
        if (folder is null) return Checkout;
        // the file that is run says whose it is, wherever the step stands
        if (UntrustedCode.ScriptWord(command) is { } script) return Join(folder, script.Text) is { } file ? Owner(file) : Owner(folder);
        return Owner(folder) ?? Named(command, folder);
    }

    private Step? Named(ShellCommand tool, string folder) => tool.Words.SelectMany(w => w.Text.Split('=', ':', ','))
        .Select(w => w.Length == 0 || w[0] == '-' ? null : Join(folder, w)).OfType<string>().Select(Named)
        // what a tool is handed out of an artifact is what it works on
        .FirstOrDefault(s => s is not null && !_unpacked.Contains(s));

    private Step? OfAction(Step step, UsedCode uses) => uses.IsLocal ? Owner(Join("", uses.Name) ?? "")
        : Owner("") ?? step.Inputs.Select(i => i.Value is null ? null : Named(Join("", i.Value) ?? "")).FirstOrDefault(s => s is not null);

    // a word is a path only where it leads into a folder that is known
    private Step? Named(string path) => path.Length == 0 ? null : Owner(path);

    /// <summary>Who brought what lies in a folder: the checkout of the nearest one above it.</summary>
    private Step? Owner(string folder)
    {
        for (var at = folder; ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            if (_trees.TryGetValue(at, out var brought)) return brought;
            if (at.Length == 0 || at is Temporary or Machines) return null;
        }
    }

    /// <summary>The folder that a step's script begins in; null where an expression says it.</summary>
    private string? Folder(Step step) =>
        (step.Node.Text("working-directory") ?? job.Node.Get("defaults", "run").Text("working-directory") ?? pipeline.Root.Get("defaults", "run").Text("working-directory")) is { } folder ? Join("", folder) : "";

    /// <summary>Whether a path that <see cref="Join"/> made lies outside of the workspace.</summary>
    public static bool IsOutside(string path) => path.StartsWith('$');

    /// <summary>Whether a word is a path that begins with the name of the workspace, or of the runner's folder for temporary files.</summary>
    public static bool IsWithin(string word) => s_roots.Concat(s_temporary).Any(r => word.StartsWith(r + "/", StringComparison.Ordinal));

    /// <summary>A path from the workspace, or, of what lies outside of it, from the runner's folder for temporary files or the machine's; null where it cannot be known.</summary>
    public static string? Join(string? folder, string path)
    {
        foreach (var root in s_roots)
            if (path.StartsWith(root, StringComparison.Ordinal)) (folder, path) = ("", path[root.Length..].TrimStart('/'));
        foreach (var root in s_temporary)
            if (path.StartsWith(root, StringComparison.Ordinal)) return Join(Temporary, path[root.Length..].TrimStart('/'));
        if (path.StartsWith(MachinesPath, StringComparison.Ordinal)) return Join(Machines, path[MachinesPath.Length..]);
        if (folder is null || path.Contains('$') || path is "-" || path.StartsWith('/') || path.StartsWith('~')) return null;
        return RelativePath.Join(folder, path);
    }
}
