namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>Where in a document a value is; written out only when something is wrong with it.</summary>
internal sealed record JsonPlace(JsonPlace? Parent, string Name)
{
    public static JsonPlace Root { get; } = new(null, "");

    public override string ToString()
    {
        if (Parent is null) return "the document";
        var above = Parent.Parent is null ? "" : Parent.ToString();
        return Name.StartsWith('[') || above.Length == 0 ? above + Name : $"{above}.{Name}";
    }
}

/// <summary>The first problems of a document: enough to mend it, not as many as a hostile one can make.</summary>
internal sealed class ProblemList
{
    private const int Most = 20;
    private const int MaxLength = 400;
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Add(string problem)
    {
        if (_problems.Count < Most) _problems.Add(problem.Length <= MaxLength ? problem : problem[..MaxLength] + "…");
    }
}
