namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>The contexts there are at a place with their types: those of a wider place, and what is another here. Every expression has its own, so nothing is copied.</summary>
internal sealed class ContextTypes
{
    private readonly ContextTypes? _wider;
    private readonly string _name;
    private readonly ExpressionType _type;

    private ContextTypes(ContextTypes? wider, string name, ExpressionType type) => (_wider, _name, _type) = (wider, name, type);

    /// <summary>The contexts that are the same everywhere.</summary>
    public static ContextTypes Common { get; } = new(null, "", ExpressionType.Any);

    public ContextTypes With(string name, ExpressionType type) => new(this, name, type);

    /// <param name="name">In lower case.</param>
    /// <returns>Null where there is no such context.</returns>
    public ExpressionType? Find(string name)
    {
        var at = this;
        for (; at._wider is not null; at = at._wider)
            if (at._name == name) return at._type;
        return ContextTable.Common.GetValueOrDefault(name);
    }

    public IEnumerable<string> Names
    {
        get
        {
            var names = new HashSet<string>(ContextTable.Common.Keys, StringComparer.Ordinal);
            for (var at = this; at._wider is not null; at = at._wider) names.Add(at._name);
            return names;
        }
    }
}
