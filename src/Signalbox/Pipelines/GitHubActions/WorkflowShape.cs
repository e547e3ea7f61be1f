using Signalbox.Pipelines.Shapes;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>
/// What GitHub takes as a workflow or an action: keys, kinds and words as in its own parser (github.com/actions/languageservices,
/// workflow-parser, workflow-v1.0.json and action-v1.0.json, August 2026). Permissions and expressions have rules of their own.
/// </summary>
internal static class WorkflowShape
{
    private static readonly Shape s_texts = Shape.Text.OrList();

    private static readonly Shape s_name = new() { Words = new(NameForm, IsName) };

    // what else there is names a program and where its script goes (docs.github.com, "Workflow syntax for GitHub Actions", jobs.<job_id>.steps[*].shell)
    private static readonly Shape s_shell = new() { Words = new("bash, sh, pwsh, powershell, cmd, python, or a command with {0} in it", t => t.ToLowerInvariant() is "bash" or "sh" or "pwsh" or "powershell" or "cmd" or "python" || t.Contains("{0}", StringComparison.Ordinal)) };

    private static readonly Shape s_variables = Shape.MapOf(Shape.Text);

    private static readonly Shape s_concurrency = Shape.Text.Or(Shape.Map(new("a concurrency group", new Dictionary<string, Shape>
    {
        ["group"] = Shape.Text,
        ["cancel-in-progress"] = Shape.Flag,
        ["queue"] = Shape.Word("single", "max"),
    })
    { Required = [["group"]] }));

    private static readonly Shape s_defaults = Shape.Map(new("defaults", new Dictionary<string, Shape>
    {
        ["run"] = Shape.Map(new("the defaults of run", new Dictionary<string, Shape> { ["shell"] = s_shell, ["working-directory"] = Shape.Text })),
    }));

    private static readonly Dictionary<string, Shape> s_step = new()
    {
        ["name"] = Shape.Text,
        ["id"] = s_name,
        ["if"] = Shape.Text,
        ["continue-on-error"] = Shape.Flag,
        ["timeout-minutes"] = Shape.Number,
        ["env"] = s_variables,
        ["background"] = Shape.Flag,
    };

    private static readonly Dictionary<string, Shape> s_signal = new() { ["name"] = Shape.Text, ["id"] = s_name, ["continue-on-error"] = Shape.Flag };

    private static readonly Keys s_run = new("a step that runs a script", With(s_step, ("run", Shape.Text), ("working-directory", Shape.Text), ("shell", s_shell)));

    private static readonly Keys s_uses = new("a step that uses an action", With(s_step, ("uses", Used()), ("with", Shape.MapOf(Shape.Text))));

    private static readonly Keys s_noStep = new("a step", With(s_step, ("run", Shape.Text), ("uses", Shape.Text), ("with", Shape.Any), ("working-directory", Shape.Text), ("shell", s_shell))) { Required = [["run", "uses"]] };

    private static readonly Keys[] s_signals =
    [
        new("a step that waits", With(s_signal, ("wait", s_texts))),
        new("a step that waits for all", With(s_signal, ("wait-all", Shape.Flag.OrEmpty()))),
        new("a step that cancels", With(s_signal, ("cancel", Shape.Text))),
    ];

    private static readonly Keys s_parallel = new("steps side by side", new Dictionary<string, Shape> { ["parallel"] = Shape.ListOf(new() { Keys = StepKeys }) });

    private static readonly Shape s_steps = Shape.ListOf(new() { Keys = StepKeys });

    private static readonly Dictionary<string, Shape> s_container = new()
    {
        ["image"] = Shape.Text,
        ["options"] = Shape.Text,
        ["env"] = s_variables,
        ["ports"] = Shape.ListOf(Shape.Text),
        ["volumes"] = Shape.ListOf(Shape.Text),
        ["credentials"] = Shape.Map(new("credentials", new Dictionary<string, Shape> { ["username"] = Shape.Text, ["password"] = Shape.Text })),
    };

    private static readonly Dictionary<string, Shape> s_anyJob = new()
    {
        ["name"] = Shape.Text,
        ["needs"] = new Shape { Words = new("a job's name", t => t.Length > 0) }.OrList(),
        ["if"] = Shape.Text,
        ["permissions"] = Shape.Any,
        ["concurrency"] = s_concurrency,
        ["strategy"] = Shape.Map(new("a strategy", new Dictionary<string, Shape>
        {
            ["fail-fast"] = Shape.Flag,
            ["max-parallel"] = Shape.Number,
            ["matrix"] = Shape.Map(new("a matrix", new Dictionary<string, Shape> { ["include"] = Shape.ListOf(Shape.Any), ["exclude"] = Shape.ListOf(Shape.Any) }) { Others = Shape.ListOf(Shape.Any) }),
        })),
    };

    private static readonly Keys s_call = new("a job that calls a workflow", With(s_anyJob, ("uses", Shape.Text), ("with", Shape.MapOf(Shape.Text)), ("secrets", Shape.Word("inherit").Or(Shape.MapOf(Shape.Text)))));

    private static readonly Keys s_job = new("a job", With(s_anyJob,
        ("runs-on", Shape.Text.OrList().Or(Shape.Map(new("runs-on", new Dictionary<string, Shape> { ["group"] = Shape.Text, ["labels"] = s_texts }))) with { MayBeEmpty = false }),
        ("timeout-minutes", Shape.Number),
        ("cancel-timeout-minutes", Shape.Number),
        ("continue-on-error", Shape.Flag),
        ("container", Shape.Text.Or(Shape.Map(new("a container", s_container)))),
        ("services", Shape.MapOf(Shape.Text.Or(Shape.Map(new("a service", With(s_container, ("entrypoint", Shape.Text), ("command", Shape.Text))))))),
        ("env", s_variables),
        ("environment", Shape.Text.Or(Shape.Map(new("an environment", new Dictionary<string, Shape> { ["name"] = Shape.Text, ["url"] = Shape.Text, ["deployment"] = Shape.Flag }) { Required = [["name"]] }))),
        ("outputs", s_variables),
        ("defaults", s_defaults),
        ("steps", s_steps),
        ("snapshot", Shape.Text.Or(Shape.Map(new("a snapshot", new Dictionary<string, Shape> { ["image-name"] = Shape.Text, ["if"] = Shape.Text, ["version"] = Shape.Text }) { Required = [["image-name"]] })))))
    { Required = [["runs-on", "uses"]] };

    /// <summary>A workflow.</summary>
    public static Shape Workflow { get; } = Shape.Map(new("a workflow", new Dictionary<string, Shape>
    {
        ["name"] = Shape.Text,
        ["description"] = Shape.Text,
        ["run-name"] = Shape.Text,
        ["on"] = EventShape.On,
        ["permissions"] = Shape.Any,
        ["env"] = s_variables,
        ["defaults"] = s_defaults,
        ["concurrency"] = s_concurrency,
        ["jobs"] = Shape.MapOf(new() { Keys = job => job.Entry("uses") is null ? s_job : s_call }),
    })
    { Required = [["on"], ["jobs"]] });

    /// <summary>An action. What its own description says beside <c>runs</c> the runner does not read.</summary>
    public static Shape Action { get; } = Shape.Map(new("an action", new Dictionary<string, Shape> { ["runs"] = new() { Keys = Runs } }) { Required = [["runs"]], Others = Shape.Any });

    /// <summary>What <see cref="IsName"/> takes, for a message.</summary>
    public const string NameForm = "letters, digits, - and _, a letter or _ first";

    /// <summary>What a job's or a step's own name may be (docs.github.com, "Workflow syntax for GitHub Actions", jobs.&lt;job_id&gt;).</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static Keys StepKeys(YamlMapping step) =>
        step.Entry("run") is not null ? s_run
            : step.Entry("uses") is not null ? s_uses
            : step.Entry("parallel") is not null ? s_parallel
            : s_signals.FirstOrDefault(s => s.Known.Keys.Any(k => !s_signal.ContainsKey(k) && step.Entry(k) is not null)) ?? s_noStep;

    // a composite action's steps have neither a time of their own nor run beside each other, and each names its shell
    private static readonly Shape s_compositeSteps = Shape.ListOf(new()
    {
        Keys = step => StepKeys(step) switch
        {
            var run when ReferenceEquals(run, s_run) => Composite(run, "shell"),
            var other => Composite(other),
        },
    });

    private static readonly Keys s_composite = new("a composite action", new Dictionary<string, Shape> { ["using"] = Shape.Any, ["steps"] = s_compositeSteps }) { Required = [["steps"]] };

    private static readonly Keys s_docker = new("a container action", Texts("using", "image", "entrypoint", "pre-entrypoint", "pre-if", "post-entrypoint", "post-if").With(("args", Shape.ListOf(Shape.Text)), ("env", s_variables))) { Required = [["image"]] };

    private static readonly Keys s_node = new("a JavaScript action", Texts("using", "main", "pre", "pre-if", "post", "post-if")) { Required = [["main"]] };

    private static readonly Keys s_noAction = new("what an action runs", new Dictionary<string, Shape> { ["using"] = new() { Words = new("composite, docker or node and its version", _ => false) } }) { Required = [["using"]], Others = Shape.Any };

    private static Keys Runs(YamlMapping runs) => runs.Text("using")?.ToLowerInvariant() switch
    {
        _ when runs.Entry("plugin") is not null => s_noAction with { Known = new Dictionary<string, Shape>(), Required = [] },
        "composite" => s_composite,
        "docker" => s_docker,
        { } node when node.StartsWith("node", StringComparison.Ordinal) && node[4..] is { Length: > 0 } version && version.All(char.IsAsciiDigit) => s_node,
        _ => s_noAction,
    };

    private static Keys Composite(Keys step, params string[] required) => step with
    {
        Of = $"{step.Of} of a composite action",
        Known = step.Known.Where(k => k.Key is not ("timeout-minutes" or "background")).ToDictionary(),
        Required = [.. step.Required, .. required.Select(r => new[] { r })],
    };

    /// <summary>An action by <c>owner/repository[/path]@ref</c>, one of the workspace or of this very repository and commit (<c>$/</c>), or an image.</summary>
    private static Shape Used() => new()
    {
        IsFixed = true,
        Words = new("owner/repository@ref, ./path, $/path or docker://image, without an expression", t => !t.Contains("${{", StringComparison.Ordinal) && (t.StartsWith("./", StringComparison.Ordinal) || t.StartsWith("../", StringComparison.Ordinal)
            || t.StartsWith("$/", StringComparison.Ordinal) || t.StartsWith(UsedCode.ImageScheme, StringComparison.OrdinalIgnoreCase) || (t.IndexOf('@') is > 0 and var at && at < t.Length - 1 && t.IndexOf('/') is > 0 and var slash && slash < at - 1))),
    };

    private static Dictionary<string, Shape> Texts(params string[] keys) => keys.ToDictionary(k => k, _ => Shape.Text);

    private static Dictionary<string, Shape> With(this IReadOnlyDictionary<string, Shape> keys, params ReadOnlySpan<(string Key, Shape Shape)> more)
    {
        var all = new Dictionary<string, Shape>(keys);
        foreach (var (key, shape) in more) all[key] = shape;
        return all;
    }
}
