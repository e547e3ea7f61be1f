using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Revocation;

/// <summary>What an authority said is of now: an old answer that is told again could be from before the revocation.</summary>
internal static class RevocationTimes
{
    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    /// <param name="next">When the authority says more; an answer that is good for ever is none.</param>
    /// <exception cref="MalformedException">It is of another time.</exception>
    public static void Check(DateTimeOffset made, DateTimeOffset? next, DateTimeOffset now)
    {
        if (made > now + s_skew) throw new MalformedException($"it is of {made:u}, which is in the future");
        if (next is not { } until) throw new MalformedException("it does not say until when it holds");
        if (until < now) throw new MalformedException($"it held until {until:u}");
    }
}
