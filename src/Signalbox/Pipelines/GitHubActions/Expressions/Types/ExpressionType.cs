namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>What is known of a value before the run. Stricter than the run itself, where nearly everything converts to something.</summary>
public abstract record ExpressionType
{
    public static AnyType Any { get; } = new();
    public static NullType Null { get; } = new();
    public static NumberType Number { get; } = new();
    public static BooleanType Boolean { get; } = new();
    public static StringType String { get; } = new();

    /// <summary>Whether a value of the other type may be given where this one is expected.</summary>
    public abstract bool Takes(ExpressionType other);

    /// <summary>What is known of a value that has one of the two types.</summary>
    public abstract ExpressionType Or(ExpressionType other);

    /// <summary>What messages call it.</summary>
    public abstract string Name { get; }
}

public sealed record AnyType : ExpressionType
{
    public override string Name => "anything";

    public override bool Takes(ExpressionType other) => true;

    public override ExpressionType Or(ExpressionType other) => this;
}

public sealed record NullType : ExpressionType
{
    public override string Name => "null";

    public override bool Takes(ExpressionType other) => other is NullType or AnyType;

    public override ExpressionType Or(ExpressionType other) => other is NullType ? this : Any;
}

public sealed record NumberType : ExpressionType
{
    public override string Name => "a number";

    public override bool Takes(ExpressionType other) => other is NumberType or AnyType;

    public override ExpressionType Or(ExpressionType other) => other switch
    {
        NumberType => this,
        StringType => other,
        _ => Any,
    };
}

public sealed record BooleanType : ExpressionType
{
    public override string Name => "a boolean";

    // everything is true or false in a condition
    public override bool Takes(ExpressionType other) => true;

    public override ExpressionType Or(ExpressionType other) => other switch
    {
        BooleanType => this,
        StringType => other,
        _ => Any,
    };
}

public sealed record StringType : ExpressionType
{
    public override string Name => "text";

    public override bool Takes(ExpressionType other) => other is StringType or NumberType or AnyType;

    public override ExpressionType Or(ExpressionType other) => other is StringType or NumberType or BooleanType ? this : Any;
}

/// <param name="Filtered">Whether <c>.*</c> made it, so that a property is taken of each element.</param>
public sealed record ArrayType(ExpressionType Element, bool Filtered = false) : ExpressionType
{
    public override string Name => Element is AnyType ? "a list" : $"a list of {Element.Name}";

    public override bool Takes(ExpressionType other) => other is AnyType || (other is ArrayType array && Element.Takes(array.Element));

    public override ExpressionType Or(ExpressionType other) => other is not ArrayType array ? Any
        : Element is AnyType ? this
        : array.Element is AnyType ? array
        : new ArrayType(Element.Or(array.Element));
}

/// <summary>An object. Its known properties have a type each; others are of the type <see cref="Others"/>, or do not exist where that is null.</summary>
public sealed record ObjectType(IReadOnlyDictionary<string, ExpressionType> Properties, ExpressionType? Others) : ExpressionType
{
    private static readonly Dictionary<string, ExpressionType> s_none = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An object that may hold anything.</summary>
    public static ObjectType Loose { get; } = new(s_none, Any);

    /// <summary>An object without properties.</summary>
    public static ObjectType Empty { get; } = new(s_none, null);

    public static ObjectType MapOf(ExpressionType values) => new(s_none, values);

    public static ObjectType Of(params IEnumerable<(string Name, ExpressionType Type)> properties)
    {
        var all = new Dictionary<string, ExpressionType>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, type) in properties) all[name] = type;
        return new(all, null);
    }

    public bool IsStrict => Others is null;

    public override string Name => "an object";

    /// <summary>The type of a property, or null where there cannot be one.</summary>
    public ExpressionType? Property(string name) => Properties.GetValueOrDefault(name) ?? Others;

    public ObjectType With(string name, ExpressionType type) =>
        this with { Properties = new Dictionary<string, ExpressionType>(Properties, StringComparer.OrdinalIgnoreCase) { [name] = type } };

    public override bool Takes(ExpressionType other)
    {
        if (other is AnyType) return true;
        if (other is not ObjectType o) return false;
        if (o.Others is { } theirs) return Others is { } ours ? ours.Takes(theirs) : Properties.Values.All(p => p.Takes(theirs));
        return o.Properties.All(p => Property(p.Key)?.Takes(p.Value) == true);
    }

    public override ExpressionType Or(ExpressionType other)
    {
        if (other is not ObjectType o) return Any;
        var all = new Dictionary<string, ExpressionType>(Properties, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, type) in o.Properties) all[name] = all.TryGetValue(name, out var mine) ? mine.Or(type) : type;
        var others = Others is null ? o.Others : o.Others is null ? Others : Others.Or(o.Others);
        return new ObjectType(all, others is null ? null : all.Values.Aggregate(others, (sum, type) => sum.Or(type)));
    }
}
