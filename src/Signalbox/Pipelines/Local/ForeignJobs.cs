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
    private readonly string? _directory;
    private readonly List<NotRunHere> _notRun = [];

    private ForeignJobs(Pipeline pipeline, string? directory) => (_pipeline, _directory) = (pipeline, directory);

    /// <param name="directory">GitHub: the workflow's default for steps; null for the top.</param>
    /// <param name="after">GitLab: how many of a job's last lines are its after_script.</param>
    public static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Of(Pipeline pipeline, string? directory = null, Func<Job, int>? after = null)
    {
        var reader = new ForeignJobs(pipeline, directory);
        foreach (var inclusion in pipeline.Inclusions) reader.Not("the pipeline", $"includes {inclusion.Source}", inclusion.Range);
        IReadOnlyList<PipelineJob> jobs = [.. pipeline.Jobs.Select(job => reader.Read(job, after?.Invoke(job) ?? 0))];
        return (jobs, reader._notRun);
    }

    private PipelineJob Read(Job job, int after)
    {
        if (job.Calls is { } called) Not(job.Id, $"calls {called.Name}", called.Range);
        foreach (var service in job.Services) Not(job.Id, $"service {service.Reference} is not started", service.Range);
        foreach (var label in job.Runner.Where(label => Foreign().IsMatch(label.Name))) Not(job.Id, $"runs on {label.Name}, not on Linux", label.Range);
        if (job.FailureIgnored is { } ignored) Not(job.Id, "its failure counts here", ignored.Range);
        if (after > 0) Not(job.Id, "after_script is not run", job.Steps[^after].Range);
        var matrix = Matrix(job);
        var environment = Variables(job.Id, [.. _pipeline.Variables, .. job.Variables], matrix);
        return new()
        {
            Name = job.Id,
            Run = _pipeline.Platform == Platform.GitLab ? Lines(job, job.Steps.Length - after, environment) : Script(job, matrix, environment),
            Needs = [.. job.Needs.Where(need => _pipeline.Job(need.Id) is not null).Select(need => need.Id)],
            Environment = environment,
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

    private string Lines(Job job, int count, SortedDictionary<string, JobVariable> environment)
    {
        var lines = job.Steps.Take(count).Where(line => line.Script is { } script && !TakesPlatforms(job, script.Text, environment, line.Range)).Select(line => line.Script!.Text).ToList();
        return lines.Count > 0 ? string.Join('\n', lines) : ":";
    }

    private string Script(Job job, List<MatrixAxis> matrix, SortedDictionary<string, JobVariable> environment)
    {
        var script = new StringBuilder();
        foreach (var (index, step) in job.Steps.Index())
        {
            var name = step.Name ?? step.Uses?.Name ?? $"step {index + 1}";
            if (Step(job, step, matrix, environment) is not { } command) continue;
            script.Append("echo ").Append(Words.Quote($"== {name.ReplaceLineEndings(" ")}")).Append('\n').Append(command).Append('\n');
        }
        return script.Length > 0 ? script.ToString() : ":";
    }

    private string? Step(Job job, Step step, List<MatrixAxis> matrix, SortedDictionary<string, JobVariable> environment)
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
        var own = Variables(job.Id, step.Variables, matrix);
        if (TakesPlatforms(job, text, [.. environment, .. own], step.Range)) return null;
        foreach (var (name, variable) in own.Where(variable => variable.Value.From is not null))
            if (environment.TryAdd(name, variable) || environment[name] == variable) continue;
            else Not(job.Id, $"a step's secret {name} is another one elsewhere in the job", step.Range);
        var variables = string.Concat(own.Where(variable => variable.Value.Text is not null).Select(variable => $"{variable.Key}={Words.Quote(variable.Value.Text!)} "));
        var below = step.Node.Text("working-directory") ?? job.Node.Get("defaults", "run").Text("working-directory") ?? _directory;
        var directory = below is null ? "" : $"cd {Words.Quote(below)} && ";
        var shell = step.Shell switch { null or "bash" => "bash -e -o pipefail -c", "sh" => "sh -e -c", "python" => "python3 -c", _ => null };
        if (step.FailureIgnored is { Always: false } perhaps) Not(job.Id, "whether a step's failure is ignored is not decided here", perhaps.Range);
        if (shell is not null) return $"({directory}{variables}{shell} {Words.Quote(text)}){(step.FailureIgnored is { Always: true } ? " || echo 'the step failed, which is ignored'" : "")}";
        Not(job.Id, $"a step's shell is {step.Shell}", step.Range);
        return null;
    }

    /// <summary>What the platform would say is empty here, which is worse than not run.</summary>
    private bool TakesPlatforms(Job job, string text, IEnumerable<KeyValuePair<string, JobVariable>> known, TextRange range)
    {
        var said = known.Select(variable => variable.Key).Append("CI").ToHashSet(StringComparer.Ordinal);
        var platforms = _pipeline.Platform == Platform.GitLab ? GitLabValue() : GitHubValue();
        if (platforms.Matches(text).Select(match => match.Groups[1].Value).FirstOrDefault(name => !said.Contains(name)) is not { } taken) return false;
        Not(job.Id, $"a step takes values of the platform: ${taken}", range);
        return true;
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
            else if (_pipeline.Platform == Platform.GitLab && value.Contains('$')) Not(job, $"variable {variable.Name} is made of others: {YamlQuote.Short(value)}", variable.Range);
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

    [GeneratedRegex(@"\$\{?((?:GITHUB|RUNNER|ACTIONS)_[A-Z0-9_]+)")]
    private static partial Regex GitHubValue();

    [GeneratedRegex(@"\$\{?((?:CI|GITLAB)_[A-Z0-9_]+)")]
    private static partial Regex GitLabValue();

    [GeneratedRegex("windows|macos", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();
}
