using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary>
/// Values of the workflow, or of one of its jobs, as GitHub has them at a place. What GitHub lacks there (docs.github.com, "Contexts reference:
/// context availability") is replaced by what it stands for in the file; a variable of the workflow or the job that then still cannot stand
/// there is set in each step instead, where every context is; any other value is left.
/// </summary>
internal sealed class GitHubValues
{
    // a value may name others that name others: one that grows past all sense is left
    private const int Deepest = 100;

    private readonly PortablePipeline _pipeline;
    private readonly PortableJob? _job;
    private readonly CarriageLog _log;
    private readonly HashSet<string> _moved;

    /// <param name="job">The job that is written; null for the workflow's own values.</param>
    public GitHubValues(PortablePipeline pipeline, PortableJob? job, List<string> lost, CarriageLog log)
    {
        (_pipeline, _job, Lost, _log, _moved) = (pipeline, job, lost, log, []);
        OfJob = job is null ? [] : [.. Renewed(pipeline, job), .. job.Variables];
        var shared = job is null ? Odd(pipeline.Variables, ExpressionPlace.Env) : new GitHubValues(pipeline, null, [], log).InSteps.Where(s => OfJob.All(o => o.Name != s.Name));
        InSteps = [.. shared, .. Odd(OfJob, ExpressionPlace.JobEnv)];
        _moved.UnionWith(InSteps.Select(v => v.Name));
    }

    /// <summary>What a person must see to before the job may go on.</summary>
    public List<string> Lost { get; }

    /// <summary>The job's variables, with those of the workflow that name one which the job sets anew.</summary>
    public IReadOnlyList<PortableVariable> OfJob { get; }

    /// <summary>The variables of the workflow and the job.</summary>
    public IEnumerable<PortableVariable> All => _pipeline.Variables.Concat(OfJob);

    /// <summary>The variables of the workflow and the job that GitHub has in a step alone.</summary>
    public IReadOnlyList<PortableVariable> InSteps { get; }

    /// <summary>The variables of the workflow or the job, but for those that are set in each step.</summary>
    public OutMap Shared(IReadOnlyList<PortableVariable> variables, ExpressionPlace place)
    {
        var odd = Odd(variables, place);
        foreach (var variable in odd) _log.Changed(variable.Source, $"the variable {variable.Name} is set in each step: GitHub has no {Lacking(Resolved(variable).Value, place)} in {place.Key}");
        return Variables([.. PortableVariable.Last(variables).Except(odd).Select(Resolved)], place);
    }

    /// <summary>What a step has in its environment, with what is set in each.</summary>
    public OutMap OfStep(IReadOnlyList<PortableVariable> own)
    {
        var map = new OutMap();
        foreach (var variable in InSteps.Where(v => own.All(o => o.Name != v.Name))) Add(map, variable, GitHubReferences.Write(Resolved(variable).Value));
        foreach (var variable in PortableVariable.Last(own)) Add(map, variable, Text(variable.Value, ExpressionPlace.StepEnv, variable.Source));
        return map;
    }

    public OutMap Variables(IReadOnlyList<PortableVariable> variables, ExpressionPlace place)
    {
        var map = new OutMap();
        foreach (var variable in PortableVariable.Last(variables)) Add(map, variable, Text(variable.Value, place, variable.Source));
        return map;
    }

    // a name with an expression in it would be read as one
    private static void Add(OutMap map, PortableVariable variable, string? value) =>
        map.Add(variable.Name.Contains("${{", StringComparison.Ordinal) ? Names.Variable(variable.Name) : variable.Name, value ?? "");

    /// <summary>A value; what GitHub does not have at that place is left.</summary>
    public string? Text(PortableText? text, ExpressionPlace place, TextRange source)
    {
        if (text is null) return null;
        var there = At(text, place.Contexts.Contains("env"), []);
        if (there.References.All(r => Has(r, place)) && GitHubReferences.Write(there) is { } said)
        {
            foreach (var kept in there.References.Where(r => r.Kind is ReferenceKind.Secret or ReferenceKind.Setting)) SayKept(kept, source);
            return said;
        }
        var lacking = Lacking(there, place);
        _log.Left(source, $"the value {text} is not carried", lacking is null ? "GitHub has no such variable: write what is meant" : $"GitHub has no {lacking} in {place.Key}: write what is meant");
        Lost.Add($"the value {text} is not carried");
        return $"left for a person: {GitHubReferences.Literal(text.ToString())}";
    }

    // what must be set in the repository, under the name that GitHub has for it
    private void SayKept(PortableReference kept, TextRange source) => _log.Changed(source, $"{kept.Name} comes from the repository's settings",
        $"Settings > Secrets and variables > Actions: {GitHubReferences.Expression(kept)}", Concern.Start);

    /// <summary>What a condition compares, as GitHub has it at that place; null where it has none.</summary>
    /// <remarks>A job's condition cannot see variables. On other platforms the project's own settings stand before a variable of the file, and so they do here.</remarks>
    public string? Compared(PortableReference reference, ExpressionPlace place)
    {
        if (Has(reference, place)) return GitHubReferences.Expression(reference);
        if (reference is not { Kind: ReferenceKind.Variable, Name: { } name } || place.Contexts.Contains("env")) return null;
        var setting = GitHubReferences.Expression(new(ReferenceKind.Setting, name))!;
        if (Definition(name, []) is not { } known) return setting;
        return At(known.Value, false, [(name, known.OfJob)]) is { Parts: var parts } && Operand(parts, place) is { } value ? $"({setting} || {value})" : null;
    }

    // elsewhere a variable is put together where it is read; on GitHub a workflow's variables cannot see a job's
    private static List<PortableVariable> Renewed(PortablePipeline pipeline, PortableJob job)
    {
        var (changed, renewed) = (job.Variables.Select(v => v.Name).ToHashSet(StringComparer.Ordinal), new List<PortableVariable>());
        while (PortableVariable.Last(pipeline.Variables).FirstOrDefault(v => !changed.Contains(v.Name) && v.Value.References.Any(r => r is { Kind: ReferenceKind.Variable, Name: { } name } && changed.Contains(name))) is { } next)
        {
            changed.Add(next.Name);
            renewed.Add(next);
        }
        return renewed;
    }

    private static string? Operand(IReadOnlyList<TextPart> parts, ExpressionPlace place) => parts switch
    {
        [] => "''",
        [{ Literal: { } text }] when !text.Contains("}}", StringComparison.Ordinal) && !text.Contains("${{", StringComparison.Ordinal) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        [{ Reference: { Kind: not ReferenceKind.Foreign } only }] when Has(only, place) => GitHubReferences.Expression(only),
        _ => null,
    };

    // what has no words at all is no better in a step
    private List<PortableVariable> Odd(IReadOnlyList<PortableVariable> variables, ExpressionPlace place) =>
        [.. PortableVariable.Last(variables).Where(v => Resolved(v).Value is var value && GitHubReferences.Write(value) is not null && Lacking(value, place) is not null)];

    private static string? Lacking(PortableText text, ExpressionPlace place) => text.References.Where(r => !Has(r, place)).Select(Context).FirstOrDefault();

    /// <summary>A variable of the workflow or the job with what others of them stand for in it.</summary>
    private PortableVariable Resolved(PortableVariable variable) =>
        variable with { Value = At(variable.Value, false, [(variable.Name, _job?.Variables.Any(v => v.Name == variable.Name) == true)]) };

    private static bool Has(PortableReference reference, ExpressionPlace place) => Context(reference) is not { } context || place.Contexts.Contains(context);

    // what GitHub's own expression needs is there: it stood at such a place
    private static string? Context(PortableReference reference) =>
        reference.Kind == ReferenceKind.Foreign || GitHubReferences.Expression(reference) is not { } expression ? null : expression.Split('.', '[')[0];

    /// <param name="env">Whether variables can be read there.</param>
    /// <param name="within">The variables whose value this is, each the job's own or not.</param>
    private PortableText At(PortableText text, bool env, IReadOnlyList<(string, bool)> within)
    {
        var left = Deepest;
        var parts = new List<TextPart>();
        foreach (var part in text.Parts) parts.AddRange(Inlined(part, env, within, ref left));
        return PortableText.Of(parts);
    }

    private List<TextPart> Inlined(TextPart part, bool env, IReadOnlyList<(string, bool)> within, ref int left)
    {
        if (part.Reference is not { Kind: ReferenceKind.Variable, Name: { } name } || (env && !_moved.Contains(name)) || left == 0 || Definition(name, within) is not { } known) return [part];
        left--;
        var parts = new List<TextPart>();
        foreach (var inner in known.Value.Parts) parts.AddRange(Inlined(inner, env, [.. within, (name, known.OfJob)], ref left));
        return parts;
    }

    /// <summary>A variable's value in the file: the job's before the workflow's, and none that is within itself.</summary>
    private (PortableText Value, bool OfJob)? Definition(string name, IReadOnlyList<(string, bool)> within)
    {
        if (!within.Contains((name, true)) && _job?.Variables.LastOrDefault(v => v.Name == name) is { } own) return (own.Value, true);
        return !within.Contains((name, false)) && _pipeline.Variables.LastOrDefault(v => v.Name == name) is { } shared ? (shared.Value, false) : null;
    }
}
