using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>
/// <c>condition</c> read and written.
/// Grammar: learn.microsoft.com, "Azure Pipelines expressions": functions, literals, <c>variables['name']</c> and <c>dependencies</c>.
/// </summary>
internal sealed class AzureConditions
{
    private const int Deepest = 32;
    private const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";
    private const string Source = "build.sourcebranch";

    private static readonly (string Azure, string Result)[] s_results = [("Succeeded", "success"), ("Failed", "failure"), ("Canceled", "cancelled"), ("Skipped", "skipped")];

    private static readonly (PortableEvent Event, string Reason)[] s_reasons =
    [
        (PortableEvent.PullRequest, "PullRequest"), (PortableEvent.Schedule, "Schedule"), (PortableEvent.Manual, "Manual"), (PortableEvent.Called, "ResourceTrigger"),
    ];

    private readonly string _text;
    private int _at;

    private AzureConditions(string text) => _text = text;

    private sealed class Unreadable : Exception;

    /// <summary>A call, a text, or the path of a value.</summary>
    private sealed record Term(string Name, string? Text, List<Term>? Arguments);

    /// <summary>
    /// Reads conditions that all must hold, a stage's and its job's: after which ends it runs, whether it is left out with what it needs, and what must
    /// hold beside. A condition that is written takes the place of <c>succeeded()</c> (learn.microsoft.com, "Specify conditions").
    /// </summary>
    public static (RunsWhen When, bool TakenAlong, PortableCondition? If) Read(params IReadOnlyList<string> texts)
    {
        var (when, notFailed) = (texts.Count == 0 ? RunsWhen.Succeeded : RunsWhen.Always, false);
        var parts = new List<PortableCondition?>();
        try
        {
            foreach (var term in texts.Select(Root).SelectMany(r => r is { Name: "and", Arguments: { } all } ? all : [r]))
                if (term is { Name: "not", Arguments: [{ Name: "failed", Arguments.Count: 0 }] }) notFailed = true;
                else if (Status(term) is { } status) when = RunsWhens.Both(when, status) ?? throw new Unreadable();
                else parts.Add(Of(term));
            if (notFailed && when != RunsWhen.Finished) throw new Unreadable();
            return (notFailed ? RunsWhen.Succeeded : when, !notFailed, PortableCondition.All(parts));
        }
        catch (Unreadable)
        {
            return (RunsWhen.Succeeded, true, new RawCondition(Platform.AzurePipelines, string.Join(" and ", texts)));
        }
    }

    /// <summary>The condition of an insertion, <c>${{ if … }}</c>.</summary>
    public static PortableCondition Inserted(string text)
    {
        try
        {
            return Of(Root(text));
        }
        catch (Unreadable)
        {
            return new RawCondition(Platform.AzurePipelines, text);
        }
    }

    private static Term Root(string text)
    {
        var reader = new AzureConditions(text);
        var root = reader.Read(0);
        reader.Blank();
        return reader._at == text.Length ? root : throw new Unreadable();
    }

    private static RunsWhen? Status(Term term) => term switch
    {
        { Name: "not", Arguments: [{ Name: "canceled", Arguments.Count: 0 }] } => RunsWhen.Finished,
        not { Arguments.Count: 0 } => null,
        { Name: "succeeded" } => RunsWhen.Succeeded,
        { Name: "always" } => RunsWhen.Always,
        { Name: "failed" } => RunsWhen.Failed,
        { Name: "succeededorfailed" } => RunsWhen.Finished,
        _ => null,
    };

    private Term Read(int depth)
    {
        Blank();
        if (_at >= _text.Length || depth > Deepest) throw new Unreadable();
        if (_text[_at] == '\'') return new("", Quoted(), null);
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '-')) _at++;
        var name = _text[start.._at];
        if (name.Length == 0) throw new Unreadable();
        if (_at < _text.Length && _text[_at] == '[')
        {
            _at++;
            if (Read(depth + 1).Text is not { } key) throw new Unreadable();
            Expect(']');
            return new($"{name}.{key}", null, null);
        }
        Blank();
        if (_at >= _text.Length || _text[_at] != '(') return name is "true" or "false" ? new("", name, null) : new(name, null, null);
        return new(name.ToLowerInvariant(), null, Arguments(depth));
    }

    private List<Term> Arguments(int depth)
    {
        var terms = new List<Term>();
        _at++;
        Blank();
        while (_at < _text.Length && _text[_at] != ')')
        {
            terms.Add(Read(depth + 1));
            Blank();
            if (_at < _text.Length && _text[_at] == ',') _at++;
            Blank();
        }
        Expect(')');
        return terms;
    }

    private string Quoted()
    {
        var value = new System.Text.StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] == '\'' && (_at + 1 >= _text.Length || _text[_at + 1] != '\'')) { _at++; return value.ToString(); }
            if (_text[_at] == '\'') _at++;
            value.Append(_text[_at]);
        }
        throw new Unreadable();
    }

    private void Expect(char sign)
    {
        Blank();
        if (_at >= _text.Length || _text[_at] != sign) throw new Unreadable();
        _at++;
    }

    private void Blank()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private static PortableCondition Of(Term term) => (term.Name, term.Arguments) switch
    {
        ("and", { Count: > 0 } all) => PortableCondition.All(all.Select(Of))!,
        ("or", { Count: > 0 } any) => PortableCondition.Any(any.Select(Of))!,
        ("not", [var one]) => Of(one).Opposite(),
        ("eq", [{ Text: { } parameter }, { Text: { } value }]) when Parameter(parameter) is { } name => new ValueIs(new(ReferenceKind.Input, name), value),
        ("ne", [{ Text: { } parameter }, { Text: { } value }]) when Parameter(parameter) is { } name => new Not(new ValueIs(new(ReferenceKind.Input, name), value)),
        ("eq", [{ Arguments: null, Text: null } of, { Text: { } value }]) => Equal(of.Name, value),
        ("eq", [{ Text: { } value }, { Arguments: null, Text: null } of]) => Equal(of.Name, value),
        ("ne", [{ Arguments: null, Text: null } of, { Text: { } value }]) => Equal(of.Name, value).Opposite(),
        ("startswith", [{ Arguments: null, Text: null } of, { Text: { } start }]) when Variable(of.Name)?.Equals(Source, StringComparison.OrdinalIgnoreCase) == true => Begins(start),
        ("in", [{ Arguments: null, Text: null } of, .. var values]) when values.Count > 0 && values.All(v => v.Text is not null) => In(of.Name, [.. values.Select(v => v.Text!)]),
        ("notin", [{ Arguments: null, Text: null } of, .. var values]) when values.Count > 0 && values.All(v => v.Text is not null) => In(of.Name, [.. values.Select(v => v.Text!)]).Opposite(),
        _ => throw new Unreadable(),
    };

    private static PortableCondition In(string of, IReadOnlyList<string> values) =>
        IsReason(of) && values.Order().SequenceEqual(["BatchedCI", "IndividualCI"]) ? new EventIs(PortableEvent.Push) : PortableCondition.Any(values.Select(v => Equal(of, v)))!;

    private static string? Parameter(string text) =>
        text.StartsWith("${{ parameters.", StringComparison.Ordinal) && text.EndsWith(" }}", StringComparison.Ordinal) ? text["${{ parameters.".Length..^3] : null;

    private static bool IsReason(string of) => Variable(of)?.Equals("build.reason", StringComparison.OrdinalIgnoreCase) == true;

    private static string? Variable(string path) => path.StartsWith("variables.", StringComparison.OrdinalIgnoreCase) ? path["variables.".Length..] : null;

    private static RefIs Begins(string start) =>
        start.StartsWith(Heads, StringComparison.Ordinal) ? new(false, start.Length == Heads.Length ? null : start[Heads.Length..] + "**")
        : start.StartsWith(Tags, StringComparison.Ordinal) ? new(true, start.Length == Tags.Length ? null : start[Tags.Length..] + "**") : throw new Unreadable();

    private static PortableCondition Equal(string of, string value)
    {
        if (of.StartsWith("dependencies.", StringComparison.OrdinalIgnoreCase) && of.Split('.') is [_, var job, "result"])
            return s_results.FirstOrDefault(r => r.Azure == value).Result is { } result ? new ResultIs(job, result) : throw new Unreadable();
        if (of.StartsWith("parameters.", StringComparison.OrdinalIgnoreCase)) return new ValueIs(new(ReferenceKind.Input, of["parameters.".Length..]), value);
        if (Variable(of) is not { } name) throw new Unreadable();
        return name.ToLowerInvariant() switch
        {
            Source when value.StartsWith(Heads, StringComparison.Ordinal) && !RefGlob.IsPattern(value) => new RefIs(false, value[Heads.Length..]),
            Source when value.StartsWith(Tags, StringComparison.Ordinal) && !RefGlob.IsPattern(value) => new RefIs(true, value[Tags.Length..]),
            "build.sourcebranchname" when !RefGlob.IsPattern(value) => new RefIs(false, value),
            "build.reason" => s_reasons.Where(r => r.Reason == value).Select(r => new EventIs(r.Event)).FirstOrDefault() ?? throw new Unreadable(),
            "system.pullrequest.targetbranch" or "system.pullrequest.targetbranchname" when RefGlob.IsPattern(value) => throw new Unreadable(),
            "system.pullrequest.targetbranch" => new TargetIs(value.StartsWith(Heads, StringComparison.Ordinal) ? value[Heads.Length..] : value),
            "system.pullrequest.targetbranchname" => new TargetIs(value),
            _ when name.Contains('.') && AzureReferences.IsSystem(name) => throw new Unreadable(),
            _ => new ValueIs(new(ReferenceKind.Setting, name), value),
        };
    }

    /// <summary>What keeps a condition from being written; null where nothing does.</summary>
    public static PortableCondition? Problem(PortableCondition? condition) => condition?.Everything().FirstOrDefault(c => c switch
    {
        RawCondition raw => raw.Platform != Platform.AzurePipelines,
        RefIs r => !r.IsSimple || HasBraces(r.Text),
        IsDefaultBranch => true,
        TargetIs target => !target.IsName || HasBraces(target.Branch),
        ValueIs value => Value(value.Reference) is null || HasBraces(value.Value),
        _ => false,
    });

    // a template's expression would be put in before the condition is read
    private static bool HasBraces(string text) => text.Contains("${{", StringComparison.Ordinal);

    /// <summary>The condition; null where nothing need be said.</summary>
    /// <param name="takenAlong">Whether it is left out with what it needs; a step needs nothing.</param>
    /// <param name="job">The name of a job as it is written.</param>
    public static string? Write(RunsWhen when, bool takenAlong, PortableCondition? condition, Func<string, string> job)
    {
        if (condition is RawCondition whole) return whole.Text;
        var status = when switch { RunsWhen.Always => "always()", RunsWhen.Failed => "failed()", RunsWhen.Finished => "succeededOrFailed()", _ => takenAlong ? "succeeded()" : "not(failed()), not(canceled())" };
        if (condition is null) return when != RunsWhen.Succeeded ? status : takenAlong ? null : $"and({status})";
        return $"and({status}, {(condition is AllOf all ? string.Join(", ", all.Parts.Select(p => Say(p, job))) : Say(condition, job))})";
    }

    private static string Say(PortableCondition condition, Func<string, string> job) => condition switch
    {
        AllOf all => $"and({string.Join(", ", all.Parts.Select(p => Say(p, job)))})",
        AnyOf any => $"or({string.Join(", ", any.Parts.Select(p => Say(p, job)))})",
        Not { Part: RefIs { IsPrefix: false, Pattern: not null } r } => $"ne(variables['Build.SourceBranch'], {Text((r.Tag ? Tags : Heads) + r.Pattern)})",
        Not { Part: ValueIs v } => $"ne({Value(v.Reference)}, {Text(v.Value)})",
        Not { Part: EventIs { Event: not PortableEvent.Push } e } => $"ne(variables['Build.Reason'], {Text(Reason(e.Event))})",
        Not not => $"not({Say(not.Part, job)})",
        RefIs { Pattern: null } r => $"startsWith(variables['Build.SourceBranch'], {Text(r.Tag ? Tags : Heads)})",
        RefIs { IsPrefix: true } r => $"startsWith(variables['Build.SourceBranch'], {Text((r.Tag ? Tags : Heads) + r.Text)})",
        RefIs r => $"eq(variables['Build.SourceBranch'], {Text((r.Tag ? Tags : Heads) + r.Pattern)})",
        EventIs { Event: PortableEvent.Push } => "in(variables['Build.Reason'], 'IndividualCI', 'BatchedCI')",
        EventIs e => $"eq(variables['Build.Reason'], {Text(Reason(e.Event))})",
        TargetIs t => $"eq(variables['System.PullRequest.TargetBranch'], {Text(Heads + t.Branch)})",
        ResultIs r => $"eq(dependencies.{job(r.Job)}.result, {Text(s_results.FirstOrDefault(p => p.Result == r.Result).Azure ?? r.Result)})",
        ValueIs v => $"eq({Value(v.Reference)}, {Text(v.Value)})",
        RawCondition raw => raw.Text,
        _ => throw new InvalidOperationException($"a condition of the kind {condition.GetType().Name} has no words on Azure"),
    };

    private static string Reason(PortableEvent e) => s_reasons.First(r => r.Event == e).Reason;

    private static string? Value(PortableReference reference) => reference switch
    {
        { Kind: ReferenceKind.Setting or ReferenceKind.Variable or ReferenceKind.Axis or ReferenceKind.Secret, Name: { } name } => $"variables[{Text(name)}]",
        // a parameter is put in before the condition is read
        { Kind: ReferenceKind.Input, Name: { } name } => $"'${{{{ parameters.{Names.Variable(name)} }}}}'",
        _ => null,
    };

    // a quote is doubled within a text
    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
