namespace Signalbox.Pipelines.Portable;

/// <summary>What must hold for a job or step to run, beside the end of what came before it.</summary>
/// <remarks>In normal form: no <see cref="Not"/> around all or any, no all within all, no list of one. <c>All</c>, <c>Any</c> and <c>Opposite</c> make it so.</remarks>
public abstract record PortableCondition
{
    public static PortableCondition? All(params IEnumerable<PortableCondition?> parts)
    {
        PortableCondition[] flat = [.. parts.OfType<PortableCondition>().SelectMany(p => p is AllOf all ? all.Parts : [p]).Distinct()];
        return flat.Length switch { 0 => null, 1 => flat[0], _ => new AllOf(flat) };
    }

    /// <summary>Null, which always holds, where a part is null.</summary>
    public static PortableCondition? Any(params IEnumerable<PortableCondition?> parts)
    {
        var list = parts.ToList();
        if (list.Contains(null)) return null;
        PortableCondition[] flat = [.. list.SelectMany(p => p is AnyOf any ? any.Parts : [p!]).Distinct()];
        return flat.Length switch { 0 => null, 1 => flat[0], _ => new AnyOf(flat) };
    }

    /// <summary>The opposite, with De Morgan's laws down to the single facts.</summary>
    public PortableCondition Opposite() => this switch
    {
        Not not => not.Part,
        AllOf all => Any(all.Parts.Select(p => p.Opposite()))!,
        AnyOf any => All(any.Parts.Select(p => p.Opposite()))!,
        _ => new Not(this),
    };

    /// <summary>The condition with each single fact changed.</summary>
    public PortableCondition Map(Func<PortableCondition, PortableCondition> fact) => this switch
    {
        Not not => new Not(not.Part.Map(fact)),
        AllOf all => new AllOf([.. all.Parts.Select(p => p.Map(fact))]),
        AnyOf any => new AnyOf([.. any.Parts.Select(p => p.Map(fact))]),
        _ => fact(this),
    };

    /// <summary>For messages.</summary>
    public sealed override string ToString() => this switch
    {
        AllOf all => string.Join(" and ", all.Parts.Select(p => p is AnyOf ? $"({p})" : $"{p}")),
        AnyOf any => string.Join(" or ", any.Parts.Select(p => p is AllOf ? $"({p})" : $"{p}")),
        Not not => $"not ({not.Part})",
        RefIs { Pattern: null } any => any.Tag ? "a tag" : "a branch",
        RefIs named => $"the {(named.Tag ? "tag" : "branch")} {named.Pattern}",
        IsDefaultBranch => "the main branch, whatever its name",
        TargetIs target => $"a change for the branch {target.Branch}",
        EventIs e => e.Event switch { PortableEvent.Push => "a push", PortableEvent.PullRequest => "a proposed change", PortableEvent.Schedule => "a schedule", PortableEvent.Manual => "a start by hand", _ => "a call by another pipeline" },
        ValueIs value => $"{value.Reference.Name ?? value.Reference.Kind.ToString()} is {(value.Value.Length == 0 ? "empty" : value.Value)}",
        ResultIs result => $"the result of {result.Job} is {result.Result}",
        RawCondition raw => raw.Text,
        _ => "a condition",
    };

    /// <summary>This and everything within it.</summary>
    public IEnumerable<PortableCondition> Everything() => this switch
    {
        AllOf all => all.Parts.SelectMany(p => p.Everything()).Prepend(this),
        AnyOf any => any.Parts.SelectMany(p => p.Everything()).Prepend(this),
        Not not => not.Part.Everything().Prepend(this),
        _ => [this],
    };
}

/// <summary>The run is for a branch, or for a tag.</summary>
/// <param name="Pattern">A name or a glob (<see cref="RefGlob"/>); null is any.</param>
public sealed record RefIs(bool Tag, string? Pattern) : PortableCondition
{
    /// <summary>Whether it is a beginning followed by <c>**</c>.</summary>
    public bool IsPrefix => Pattern?.EndsWith("**", StringComparison.Ordinal) == true && !RefGlob.IsPattern(Pattern[..^2]);

    /// <summary>Whether it is a name, a beginning, or any: what every platform can compare.</summary>
    public bool IsSimple => Pattern is null || IsPrefix || !RefGlob.IsPattern(Pattern);

    /// <summary>The name or the beginning.</summary>
    public string Text => IsPrefix ? Pattern![..^2] : Pattern ?? "";
}

/// <summary>The run is for the repository's main branch, whatever its name.</summary>
public sealed record IsDefaultBranch : PortableCondition;

/// <summary>A change is proposed to a branch.</summary>
/// <param name="Branch">A name or a glob (<see cref="RefGlob"/>).</param>
public sealed record TargetIs(string Branch) : PortableCondition
{
    /// <summary>Whether it is one name.</summary>
    public bool IsName => !RefGlob.IsPattern(Branch);
}

public sealed record EventIs(PortableEvent Event) : PortableCondition;

/// <summary>A variable, setting, input or axis has a value; the empty one also where it is not set.</summary>
public sealed record ValueIs(PortableReference Reference, string Value) : PortableCondition;

/// <param name="Result"><c>success</c>, <c>failure</c>, <c>cancelled</c> or <c>skipped</c>.</param>
public sealed record ResultIs(string Job, string Result) : PortableCondition;

public sealed record AllOf(IReadOnlyList<PortableCondition> Parts) : PortableCondition
{
    public bool Equals(AllOf? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => Parts.Aggregate(1, (hash, part) => HashCode.Combine(hash, part));
}

public sealed record AnyOf(IReadOnlyList<PortableCondition> Parts) : PortableCondition
{
    public bool Equals(AnyOf? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => Parts.Aggregate(2, (hash, part) => HashCode.Combine(hash, part));
}

public sealed record Not(PortableCondition Part) : PortableCondition;

/// <summary>A platform's own text that has no portable meaning here.</summary>
public sealed record RawCondition(Platform Platform, string Text) : PortableCondition;
