namespace Signalbox.Pipelines.Design;

/// <summary>One thing that was decided.</summary>
/// <param name="Id">By what it is overridden: <c>--set ID=VALUE</c>.</param>
/// <param name="Choice">What was decided; <c>off</c> where a part is left out.</param>
/// <param name="Why">A sentence without a full stop.</param>
/// <param name="Place">Where the reason was seen; empty where a default holds.</param>
/// <param name="Others">What else may be chosen.</param>
public sealed record DesignDecision(string Id, string Choice, string Why, string Place, string Others);

/// <summary>A choice that cannot be.</summary>
public sealed class DesignChoiceException(string id, string value, string expected) : Exception($"'{id}={value}' is no choice; expected {expected}")
{
    public string Id { get; } = id;

    public string Expected { get; } = expected;
}

/// <summary>All that was decided, in the order of the table.</summary>
public sealed class DesignDecisions(IReadOnlyList<DesignDecision> all)
{
    public IReadOnlyList<DesignDecision> All { get; } = all;

    /// <summary>What people chose, also of what is decided further down.</summary>
    internal IReadOnlyDictionary<string, string> Chosen { get; init; } = new Dictionary<string, string>();

    /// <summary>What was chosen; <c>off</c> where there was nothing to decide.</summary>
    public string this[string id] => All.FirstOrDefault(d => d.Id == id)?.Choice ?? DesignTable.Off;

    public bool Has(string id) => this[id] != DesignTable.Off;

    /// <summary>Whether anybody says where the image comes from.</summary>
    public bool IsVouched => Has("sign") || Has("provenance");

    /// <summary>Whether there is anything to deliver, and something to deliver it to.</summary>
    public bool Delivers => Has("deploy") && (BySignalbox || Has("image"));

    /// <summary>Whether a control plane takes out what signalbox.yaml names, which is no image.</summary>
    public bool BySignalbox => this["deploy"] == "signalbox";

    /// <summary>Whether a controller takes releases out, and not the pipeline itself.</summary>
    public bool IsSteered => Delivers && this["deploy"] is not ("helm" or "signalbox");
}
