using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;

namespace Signalbox.Gates;

/// <summary>From the best to the worst, so that the worst of several is their maximum.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateVerdict>))]
public enum GateVerdict
{
    Allow,

    /// <summary>It could not be decided: stops a release as a no does.</summary>
    Undecided,

    Deny,
}

/// <summary>One line of the explanation.</summary>
/// <param name="Id">kebab-case and stable; <c>gate-ok</c> where it speaks for the release and says nothing more.</param>
/// <param name="Help">A line to paste that would mend it; null where nothing needs mending.</param>
/// <param name="Evidence">Ids of the records it is about.</param>
public sealed record GateLine(GateVerdict Verdict, string Id, string Text, string? Help, IReadOnlyList<Digest> Evidence);

/// <param name="Layer">Whose demand it is.</param>
/// <param name="HandTo">Whom a no is handed to ("security (@acme/appsec)").</param>
public sealed record GateResult(string Gate, string Layer, GateMode Mode, GateVerdict Verdict, IReadOnlyList<GateLine> Lines, string? HandTo, PolicyPlace? Place)
{
    /// <summary>Whether it stops the release.</summary>
    [JsonIgnore]
    public bool Stops => Mode == GateMode.Enforce && Verdict != GateVerdict.Allow;

    /// <summary>Whether it would stop the release if its policy enforced it.</summary>
    [JsonIgnore]
    public bool Warns => Mode == GateMode.Warn && Verdict != GateVerdict.Allow;
}

/// <summary>The decision with its reasons, line by line.</summary>
public sealed record GateReport(string Release, string Environment, GateVerdict Verdict, DateTimeOffset At, IReadOnlyList<GateResult> Results)
{
    /// <summary>Whether nothing but approvals is missing.</summary>
    [JsonIgnore]
    public bool LacksOnlyApproval => Verdict == GateVerdict.Deny && Results.Where(result => result.Stops).All(result => result.Gate == GateTable.Approval);
}
