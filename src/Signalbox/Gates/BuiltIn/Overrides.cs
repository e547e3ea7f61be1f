using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>A person lets this very release through a gate, says why, and until when.</summary>
internal static class Overrides
{
    /// <param name="gate">The gate that it has to name.</param>
    /// <param name="others">Whether it has to be by somebody other than the submitter and the maker.</param>
    public static (EvidenceItem Item, OverrideFact Facts)? Find(GateContext context, string gate, GateLines lines, bool others)
    {
        foreach (var (item, facts) in context.Read<OverrideFact>(context.AboutRelease(EvidenceKind.Override), lines))
            if (Counts(context, gate, facts) && (!others || !context.Brings(item)))
                return (item, facts);
        return null;
    }

    private static bool Counts(GateContext context, string gate, OverrideFact facts) =>
        facts.Gate == gate && facts.Expires > context.Now && facts.Reason.Length > 0
        && Bound.Problem(context, facts.Application, facts.Environment, facts.Release, facts.Configuration) is null;
}
