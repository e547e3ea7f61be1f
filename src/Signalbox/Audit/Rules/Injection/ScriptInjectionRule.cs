using System.Text.RegularExpressions;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class ScriptInjectionRule : Rule, IChecks<GitHubWorkflow>, IChecks<GitHubAction>
{
    public override RuleInfo Info { get; } = new(
        "script-injection", "Untrusted input expanded into a script", Theme.Injection, RuleSeverity.Critical, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Text an outsider controls becomes part of the command the runner executes",
        "Put the value into an environment variable of the step and let the shell expand that, in double quotes")
    {
        Fix = FixSafety.Unsafe,
        Details = "Values are followed, not matched by words: through `env` of step, job and workflow, outputs of steps and jobs, GITHUB_ENV and GITHUB_OUTPUT, what github-script sets, artifacts of the run before in `workflow_run`, inputs of "
            + "called workflows and composite actions of the repository; and where another program reads a variable's text as code (`eval`, `bash -c`, ssh, cmd's `%NAME%`), that counts as well. Critical where the event runs with the repository's rights, high for pull requests, medium where "
            + "only those who may push can set the value. Values that cannot be seen, or have a fixed form, are pedantic; numbers, hashes and outcomes are not reported.",
    };

    public void Check(GitHubWorkflow workflow, Report report) => Check(workflow.Expressions, workflow.Pipeline, workflow.Root, report);

    public void Check(GitHubAction action, Report report) => Check(action.Expressions, action.Fragment, action.Root, report);

    private static void Check(IReadOnlyList<ExpressionText> texts, Pipeline pipeline, YamlMapping root, Report report)
    {
        var taint = new Taint(report.Repository);
        foreach (var text in texts)
        {
            if (!CodeInput.Is(text)) continue;
            var fixes = new ScriptInjectionFix(text, root, report);
            foreach (var part in text.Parts)
                if (part.Root is { } expression) CheckPart(text, part, expression, taint.Into(expression, new(pipeline, root, text.Job, text.Step)), fixes, pipeline, report);
        }
        foreach (var job in pipeline.Jobs)
            foreach (var step in job.Steps)
                if (step.Script is { } script) CheckRead(script, new(pipeline, root, job, step), taint, report);
    }

    /// <summary>Where another program reads text as code, the environment's variables are code, too.</summary>
    private static void CheckRead(Script script, TaintPlace place, Taint taint, Report report)
    {
        foreach (var (program, word, origins) in ReadAsCode([script.Shell], script.Text))
            if (origins.SelectMany(o => taint.Into(o, place)).MaxBy(s => Rank(s.Control)) is { Control: Control.Free } worst)
                report.At(script.InFile(word.Range), $"`{program}` reads '{YamlQuote.Short(worst.Path)}' as code{Through(worst.Via)}: whoever starts the run writes it", "expected it as an argument", level: LevelOf(place.Pipeline, place.Job, worst));
        if (place.Step!.Shell is not { } shell || !IsCmd(shell)) return;
        foreach (var (name, range) in CmdExpansions(script.Text))
            if (taint.Into(new ShellOrigin(name, null, null, []), place).MaxBy(s => Rank(s.Control)) is { Control: Control.Free } worst)
                report.At(script.InFile(range), $"cmd puts '{YamlQuote.Short(worst.Path)}' into the command{Through(worst.Via)}: whoever starts the run writes it", "expected another shell", level: LevelOf(place.Pipeline, place.Job, worst));
    }

    // learn.microsoft.com, "cmd": %NAME% is replaced before the line is read
    private static bool IsCmd(string shell) => shell.Split(' ')[0] is "cmd" or "cmd.exe";

    // learn.microsoft.com, "cmd", "set": in a script %% is a sign, %NAME:~0,3% and %NAME:a=b% are parts of %NAME%, and what stands behind REM is no command
    private static IEnumerable<(string Name, TextRange Range)> CmdExpansions(string text) =>
        CmdVariable().Matches(text).Where(m => m.Groups["name"].Success).Select(m => (m.Groups["name"].Value, new TextRange(m.Index, m.Index + m.Length)));

    [GeneratedRegex(@"^[ \t]*@?(?:rem\b|::)[^\n]*|%%|%(?<name>[A-Za-z_][\w.()-]{0,100})(?::[^%\n]{0,100})?%", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex CmdVariable();

    /// <summary>The words of the last of some scripts that a program reads as code, and what flows into each.</summary>
    private static IEnumerable<(string Program, ShellWord Word, IReadOnlyList<ShellOrigin> Origins)> ReadAsCode(List<ShellScript> scripts, string text) =>
        scripts[^1].Commands.SelectMany(c => CodeReaders.Code(c).Select(w => (c.Program, w, new ShellFlow(scripts).Into(CodeReaders.Expanded(text, w), scripts.Count - 1, c.Range.Start))));

    private static void CheckPart(ExpressionText text, ExpressionPart part, Expression expression, IReadOnlyList<TaintSource> sources, ScriptInjectionFix fixes, Pipeline pipeline, Report report)
    {
        var worst = sources.MaxBy(s => Rank(s.Control));
        // constants, numbers, hashes and outcomes are no code
        if (worst is null or { Control: Control.None } || worst.Path.Length == 0) return;
        var shown = YamlQuote.Short(text.Scalar.Value[expression.Range.Start..Math.Min(expression.Range.End, text.Scalar.Value.Length)]);
        // what a step made itself may be meant to be several words: a variable would keep them one
        var fix = worst.Control == Control.Unknown && worst.Path.Split('.')[0] is "steps" or "needs" ? null : fixes.Of(part);
        if (worst is { Control: Control.Free })
            report.At(text, part.Outer, $"'{shown}' is expanded into code: {Said(worst)}", "an outsider's text becomes part of the command", fix: fix, level: LevelOf(pipeline, text.Job, worst));
        else
            report.At(text, part.Outer, $"'{shown}' is expanded into code", "expected a variable of the step", fix: fix,
                level: new(RuleSeverity.Low, worst.Control == Control.Unknown ? Confidence.Low : Confidence.Medium, Persona.Pedantic));
    }

    private static int Rank(Control control) => control switch
    {
        Control.Free => 3,
        Control.Unknown => 2,
        Control.Structured => 1,
        _ => 0,
    };

    private static string Said(TaintSource source) => source.Via.Count == 0
        ? "whoever starts the run writes it"
        : $"'{YamlQuote.Short(source.Path)}' reaches it through {string.Join(" and ", source.Via.Select(v => YamlQuote.Short(v)))}";

    /// <summary>Whoever may start the run decides how bad it is.</summary>
    private static Level LevelOf(Pipeline pipeline, Job? job, TaintSource source)
    {
        var triggers = pipeline.Triggers.Aggregate(TriggerKinds.None, (all, t) => all | t.Kind);
        // a composite action and a called workflow run for whoever calls them
        if (job?.Triggers == TriggerKinds.Called && pipeline.Triggers.Length == 0) triggers = TriggerKinds.Called;
        if (source.Path is "github.ref" or "github.ref_name" && (triggers & (TriggerKinds.PullRequest | TriggerKinds.Privileged | TriggerKinds.Called)) == 0) return new(RuleSeverity.Medium, Confidence.Medium, Persona.Pedantic);
        if (triggers.HasFlag(TriggerKinds.Privileged)) return new(RuleSeverity.Critical, source.Confidence);
        return new((triggers & (TriggerKinds.PullRequest | TriggerKinds.Called)) != 0 ? RuleSeverity.High : RuleSeverity.Medium);
    }
}
