using Signalbox.Delivery;

namespace Signalbox.Runtimes.Protocol;

/// <summary>One arm of a service, as its weight in force is computed from it.</summary>
/// <param name="Weight">Share in the table, basis points.</param>
/// <param name="Ready">Instances that may take traffic now.</param>
/// <param name="FullLoad">Instances that carry all traffic, at least 1.</param>
/// <param name="Stable">Whether this is the arm that fail-safe goes to.</param>
/// <param name="MayHelpOut">Whether it may carry more than its share where stable has no ready instance.</param>
public readonly record struct ArmCapacity(int Weight, int Ready, int FullLoad, bool Stable, bool MayHelpOut = true);

/// <summary>
/// Capacity before weight: what a table's weights come to with the instances that are ready now. An arm of weight 0 gets
/// nothing unless it is stable (docs/decisions/0005-weight-zero-gets-nothing.md).
/// </summary>
public static class EffectiveWeights
{
    /// <summary>What stable's ready instances cannot carry: what a canary that falls by capacity may keep at most. Basis points, rounded down.</summary>
    public static int NotCarriedBy(ArmCapacity stable) =>
        Math.Max(0, Weight.Full - (int)((((long)Weight.Full * stable.Ready) + stable.FullLoad - 1) / stable.FullLoad));

    /// <returns>Basis points an arm: together 10,000, or less where nobody that is ready may carry the rest; that is answered 503.</returns>
    public static int[] Of(ReadOnlySpan<ArmCapacity> arms)
    {
        var shares = new int[arms.Length];
        for (var i = 0; i < arms.Length; i++) shares[i] = arms[i].Ready > 0 ? arms[i].Weight : 0;
        ClampCanaries(arms, shares);
        GiveRest(arms, shares);
        return shares;
    }

    /// <summary>A weight never exceeds ready capacity, measured against the instances that carry the full load of that arm.</summary>
    private static void ClampCanaries(ReadOnlySpan<ArmCapacity> arms, int[] shares)
    {
        if (IndexOfReadyStable(arms) < 0) return;
        for (var i = 0; i < arms.Length; i++)
        {
            if (arms[i].Stable || shares[i] == 0) continue;
            shares[i] = Math.Min(shares[i], (int)((long)Weight.Full * arms[i].Ready / arms[i].FullLoad));
        }
    }

    /// <summary>What is left over goes to the ready stable arm, else to the ready arm with the greatest weight, if it has any.</summary>
    private static void GiveRest(ReadOnlySpan<ArmCapacity> arms, int[] shares)
    {
        var rest = Weight.Full - shares.Sum();
        if (rest <= 0) return;
        var heir = IndexOfReadyStable(arms);
        for (var i = 0; heir < 0 && i < arms.Length; i++)
            if (arms[i].MayHelpOut && shares[i] > 0 && shares[i] == shares.Max()) heir = i;
        if (heir >= 0) shares[heir] += rest;
    }

    private static int IndexOfReadyStable(ReadOnlySpan<ArmCapacity> arms)
    {
        for (var i = 0; i < arms.Length; i++)
            if (arms[i].Stable && arms[i].Ready > 0) return i;
        return -1;
    }
}
