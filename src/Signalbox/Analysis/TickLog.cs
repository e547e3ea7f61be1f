using System.Security.Cryptography;

namespace Signalbox.Analysis;

internal enum TickRecord : byte
{
    /// <summary>The plan and the alpha in force; the first record, and again when a plan changes.</summary>
    Plan = 1,

    /// <summary>Thresholds, rates and dispersions from here on.</summary>
    Frame = 2,

    /// <summary>One tick's counts, and the verdict and E-values after it.</summary>
    Tick = 3,

    /// <summary>A restarted host goes on from the state that had this digest; what came after it was not kept.</summary>
    Resume = 4,

    /// <summary>A restarted host had lost the state: the judge begins anew with half its alpha.</summary>
    Lost = 5,
}

/// <summary>
/// Appends records to a rollout's tick log. Each record is a type byte, its length and its bytes; the digest is
/// the SHA-256 of the digest before and the record, so the last one commits to everything before it.
/// </summary>
internal sealed class TickLog
{
    public const int DigestLength = 32;
    public const byte Version = 1;

    private readonly CompactWriter _record = new();
    private readonly CompactWriter _body = new();
    private readonly byte[] _digest = new byte[DigestLength];

    /// <summary>All zeros before the first record.</summary>
    public ReadOnlySpan<byte> Digest => _digest;

    public string DigestText => Convert.ToHexStringLower(_digest);

    public void StartFrom(ReadOnlySpan<byte> digest) => digest.CopyTo(_digest);

    /// <summary>The writer to fill before <see cref="Append"/>.</summary>
    public CompactWriter Begin()
    {
        _body.Clear();
        return _body;
    }

    public void Append(TickRecord type, Stream log)
    {
        _record.Clear();
        _record.Byte((byte)type);
        _record.Long(_body.Written.Length);
        _record.Bytes(_body.Written);
        Chain(_digest, _record.Written);
        log.Write(_record.Written);
    }

    /// <summary>Replaces the digest by the digest of itself and the record.</summary>
    public static void Chain(Span<byte> digest, ReadOnlySpan<byte> record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(digest);
        hash.AppendData(record);
        hash.GetHashAndReset(digest);
    }

    public static void WritePlan(CompactWriter to, JudgePlan plan, double alpha)
    {
        to.Byte(Version);
        to.Text(plan.Rollout);
        to.Text(plan.Canary);
        to.Text(plan.Stable);
        to.Byte((byte)plan.Mode);
        foreach (var d in (ReadOnlySpan<double>)[plan.Alpha, plan.ToleratedRatio, plan.Margin, plan.Beta, plan.Limit, alpha]) to.Double(d);
        foreach (var t in (ReadOnlySpan<TimeSpan>)[plan.AgeLimit, plan.WarmUp, plan.KeyInterval]) to.Long(t.Ticks);
        to.Long(plan.LatencyLimit?.Ticks ?? -1);
        to.Long(plan.MinimumKeys);
        to.Byte((byte)(plan.Latency ? 1 : 0));
    }

    /// <returns>Null where the bytes are not a plan this version can judge by.</returns>
    public static (JudgePlan Plan, double Alpha)? ReadPlan(ref CompactReader from)
    {
        if (from.Byte() != Version) return null;
        var (rollout, canary, stable) = (from.Text(), from.Text(), from.Text());
        var mode = from.Byte() == 0 ? JudgeMode.Compare : JudgeMode.Guard;
        var (alpha, ratio, margin, beta, limit) = (from.Double(), from.Double(), from.Double(), from.Double(), from.Double());
        var inForce = from.Double();
        var (age, warmUp, interval, promise) = (from.Long(), from.Long(), from.Long(), from.Long());
        var plan = new JudgePlan(
            rollout, canary, stable, mode, alpha, ratio, margin, beta, limit, TimeSpan.FromTicks(age), TimeSpan.FromTicks(warmUp),
            Latency: false, promise < 0 ? null : TimeSpan.FromTicks(promise))
        {
            KeyInterval = TimeSpan.FromTicks(interval),
            MinimumKeys = from.Count(1000),
        };
        plan = plan with { Latency = from.Byte() == 1 };
        var sound = from.Ok && alpha is > 0 and < 1 && inForce is > 0 and < 1 && ratio is >= 1 and < 1e6
            && margin is > 0 and < 1e6 && beta is > 0 and < 1 && limit is >= 0 and < 1;
        return sound ? (plan, inForce) : null;
    }
}
