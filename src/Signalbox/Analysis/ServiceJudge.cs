namespace Signalbox.Analysis;

/// <summary>The judge of one service in one rollout. Not thread-safe: the host ticks it from one loop, every 100 ms.</summary>
public sealed class ServiceJudge
{
    public ServiceJudge(JudgePlan plan, StableHistory history, JudgeSnapshot? resume) => throw new NotImplementedException();

    /// <summary>A later table's plan for the same rollout (Compare to Guard, new limits).</summary>
    public void Update(JudgePlan plan) => throw new NotImplementedException();

    /// <summary>Judges one tick and appends it to the tick log.</summary>
    /// <param name="log">Receives the tick as bytes to append to the rollout's tick log.</param>
    public JudgeReport Tick(DateTimeOffset now, ArmSample canary, ArmSample stable, Stream log) => throw new NotImplementedException();

    public JudgeSnapshot Save() => throw new NotImplementedException();
}

/// <summary>A service's stable traffic of the last hour, kept whether or not a rollout runs: dispersion, bad rate, latency quantiles.</summary>
public sealed class StableHistory
{
    /// <summary>Adds one tick of the stable arm.</summary>
    public void Add(DateTimeOffset now, ArmSample stable) => throw new NotImplementedException();

    public byte[] Save() => throw new NotImplementedException();

    /// <returns>An empty history where the bytes are not one.</returns>
    public static StableHistory Load(ReadOnlySpan<byte> saved, DateTimeOffset now) => throw new NotImplementedException();
}

/// <summary>The judge's state, saved once a second so that a restarted host resumes it.</summary>
public sealed class JudgeSnapshot
{
    public byte[] ToBytes() => throw new NotImplementedException();

    /// <returns>Null where the bytes are not a snapshot of this plan's rollout.</returns>
    public static JudgeSnapshot? Load(ReadOnlySpan<byte> saved, JudgePlan plan) => throw new NotImplementedException();
}
