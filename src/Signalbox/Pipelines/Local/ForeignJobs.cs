using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Local;

/// <summary>Something of another platform's pipeline that cannot be run here.</summary>
/// <param name="What">A step, a condition, a service: what it is and why it is not run.</param>
internal sealed record NotRunHere(string Job, string What, TextRange Range);

/// <summary>
/// Jobs of a GitHub workflow or a GitLab CI file as far as they are plain commands. A step keeps a shell of its own, as the platform
/// gives it; what is no command is either known to be there already (a checkout), looked for (a language that a step would set up),
/// or named as not run.
/// </summary>
internal sealed partial class ForeignJobs
{
    private static readonly Dictionary<string, string> s_tools = new(StringComparer.OrdinalIgnoreCase)
    {
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

    private readonly Pipeline _pipeline;
    private readonly List<NotRunHere> _notRun = [];

    private ForeignJobs(Pipeline pipeline) => _pipeline = pipeline;

    /// <param name="settings">GitLab: what holds for each job, for what the common model leaves out.</param>
    public static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Of(Pipeline pipeline, Func<Job, YamlMapping?>? settings = null)
    {
        var reader = new ForeignJobs(pipeline);
        foreach (var inclusion in pipeline.Inclusions) reader.Not("the pipeline", $"includes {inclusion.Source}", inclusion.Range);
        IReadOnlyList<PipelineJob> jobs = [.. pipeline.Jobs.Select(job => reader.Read(job, settings?.Invoke(job)))];
        return (jobs, reader._notRun);
    }

    private PipelineJob Read(Job job, YamlMapping? settings)
    {
        if (job.Calls is { } called) Not(job.Id, $"calls {called.Name}", called.Range);
        foreach (var service in job.Services) Not(job.Id, $"service {service.Reference} is not started", service.Range);
        foreach (var label in job.Runner.Where(label => Foreign().IsMatch(label.Name))) Not(job.Id, $"runs on {label.Name}, not on Linux", label.Range);
        if (settings.Entry("after_script") is { } after) Not(job.Id, "after_script is not run", after.Range);
        var matrix = Matrix(job);
        return new()
        {
            Name = job.Id,
            Run = _pipeline.Platform == Platform.GitLab ? string.Join('\n', job.Steps.Select(step => step.Script?.Text)) : Script(job, matrix),
            Needs = [.. job.Needs.Where(need => _pipeline.Job(need.Id) is not null).Select(need => need.Id)],
            Environment = Variables(job.Id, [.. _pipeline.Variables, .. job.Variables], matrix),
            Timeout = job.Timeout ?? TimeSpan.FromHours(6),
            Retries = Math.Clamp(job.Retry?.Count ?? 0, 0, 10),
            Matrix = matrix,
            Image = job.Container?.Reference,
            When = job.Manual is not null ? JobWhen.Manual : When(job),
        };
    }

    private JobWhen When(Job job)
    {
        switch (job.Condition?.Text.Trim())
        {
            case null or "success()" or "on_success": return JobWhen.Success;
            case "always()" or "always": return JobWhen.Always;
            case "failure()" or "on_failure": return JobWhen.Failure;
            case var text:
                Not(job.Id, $"its condition is not decided here: {YamlQuote.Short(text)}", job.Condition!.Range);
                return JobWhen.Success;
        }
    }

    private List<MatrixAxis> Matrix(Job job)
    {
        if (job.Matrix is not { } matrix) return [];
        var axes = matrix.Node is YamlMapping map && map.Entries.All(entry => entry.Value is YamlSequence { Items.Count: > 0 } list && list.Items.All(item => item is YamlScalar))
            ? map.Entries.Where(entry => entry.Key.Value is not ("include" or "exclude")).Select(entry => new MatrixAxis(entry.Key.Value, [.. ((YamlSequence)entry.Value).Items.Cast<YamlScalar>().Select(item => item.Value)])).ToList() : [];
        if (axes.Count == 0) Not(job.Id, "its matrix is more than lists of texts", matrix.Range);
        return axes;
    }

    private string Script(Job job, List<MatrixAxis> matrix)
    {
        var script = new StringBuilder();
        foreach (var (index, step) in job.Steps.Index())
        {
            var name = step.Name ?? step.Uses?.Name ?? $"step {index + 1}";
            if (Step(job, step, matrix) is not { } command) continue;
            script.Append("echo ").Append(Words.Quote($"== {name.ReplaceLineEndings(" ")}")).Append('\n').Append(command).Append('\n');
        }
        return script.Length > 0 ? script.ToString() : ":";
    }

    private string? Step(Job job, Step step, List<MatrixAxis> matrix)
    {
        if (step.Uses is { } used) return Uses(job, used);
        if (step.Script is not { } script) return null;
        if (step.Condition is { } condition && condition.Text.Trim() is not ("success()" or "always()"))
        {
            Not(job.Id, $"a step's condition is not decided here: {YamlQuote.Short(condition.Text)}", condition.Range);
            return null;
        }
        if (Expanded(script.Text, matrix) is not { } text)
        {
            Not(job.Id, $"a step takes values of the platform: {YamlQuote.Short(Expression().Match(script.Text).Value)}", step.Range);
            return null;
        }
        if (Talks().Match(text) is { Success: true } talk)
        {
            Not(job.Id, $"a step hands values on through {talk.Value}", step.Range);
            return null;
        }
        var variables = string.Concat(Variables(job.Id, step.Variables, matrix).Where(variable => variable.Value.Text is not null).Select(variable => $"{variable.Key}={Words.Quote(variable.Value.Text!)} "));
        var directory = step.Node.Text("working-directory") is { } below ? $"cd {Words.Quote(below)} && " : "";
        var shell = step.Shell switch { null or "bash" => "bash -e -o pipefail -c", "sh" => "sh -e -c", "python" => "python3 -c", _ => null };
        if (shell is not null) return $"({directory}{variables}{shell} {Words.Quote(text)})";
        Not(job.Id, $"a step's shell is {step.Shell}", step.Range);
        return null;
    }

    private string? Uses(Job job, UsedCode used)
    {
        if (used.Is("actions/checkout") || used.Is("actions/cache")) return null;
        if (s_tools.TryGetValue(used.Name, out var tool)) return $"command -v {tool} >/dev/null || {{ echo {Words.Quote($"{used.Name} would set up {tool}, which is not installed here")} >&2; exit 1; }}";
        Not(job.Id, $"uses {used.Name}", used.Range);
        return null;
    }

    private SortedDictionary<string, JobVariable> Variables(string job, IReadOnlyList<Variable> variables, List<MatrixAxis> matrix)
    {
        var read = new SortedDictionary<string, JobVariable>(StringComparer.Ordinal);
        foreach (var variable in variables)
            if (variable.Value is not { } value) Not(job, $"variable {variable.Name} is no text", variable.Range);
            else if (Secret().Match(value) is { Success: true } secret) read[variable.Name] = new(null, secret.Groups[1].Value, Secret: true);
            else if (Expanded(value, matrix) is { } text) read[variable.Name] = new(text);
            else Not(job, $"variable {variable.Name} takes a value of the platform: {YamlQuote.Short(value)}", variable.Range);
        return read;
    }

    /// <summary>Puts the matrix's own variables in the place of its expressions; they stand in the job's environment.</summary>
    private string? Expanded(string text, List<MatrixAxis> matrix)
    {
        if (_pipeline.Platform != Platform.GitHubActions) return text;
        var expanded = MatrixValue().Replace(text, match => matrix.Exists(axis => axis.Name == match.Groups[1].Value) ? $"${{{match.Groups[1].Value}}}" : match.Value);
        return Expression().IsMatch(expanded) ? null : expanded;
    }

    private void Not(string job, string what, TextRange range) => _notRun.Add(new(job, what, range));

    [GeneratedRegex(@"\$\{\{.*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\$\{\{\s*matrix\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")]
    private static partial Regex MatrixValue();

    [GeneratedRegex(@"^\s*\$\{\{\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*$")]
    private static partial Regex Secret();

    [GeneratedRegex(@"GITHUB_(ENV|OUTPUT|PATH|STATE)|::set-output|::set-env")]
    private static partial Regex Talks();

    [GeneratedRegex("windows|macos", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();
}
