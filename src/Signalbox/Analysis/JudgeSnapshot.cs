namespace Signalbox.Analysis;

/// <summary>The judge's state, saved once a second so that a restarted host resumes it.</summary>
public sealed class JudgeSnapshot
{
    private const byte Version = 2;
    private readonly byte[] _bytes;

    private JudgeSnapshot(byte[] bytes, bool isLost) => (_bytes, IsLost) = (bytes, isLost);

    /// <summary>The rollout had begun but nothing of it was saved: the judge starts anew with half its alpha.</summary>
    internal bool IsLost { get; }

    /// <summary>For a rollout that had begun, where no snapshot can be read: half of the alpha counts as spent.</summary>
    public static JudgeSnapshot Lost(JudgePlan plan)
    {
        var to = new CompactWriter();
        WriteHeader(to, plan, lost: true);
        return new(to.Written.ToArray(), isLost: true);
    }

    public byte[] ToBytes() => [.. _bytes];

    /// <returns>Null where the bytes are not a snapshot of this plan's rollout.</returns>
    public static JudgeSnapshot? Load(ReadOnlySpan<byte> saved, JudgePlan plan)
    {
        var from = new CompactReader(saved);
        if (!ReadHeader(ref from, plan, out var lost)) return null;
        if (lost) return Lost(plan);
        var state = JudgeMemory.Read(ref from, plan);
        return from.Ok && from.AtEnd && state is not null ? new(saved.ToArray(), isLost: false) : null;
    }

    internal static JudgeSnapshot Of(JudgePlan plan, JudgeMemory memory)
    {
        var to = new CompactWriter();
        WriteHeader(to, plan, lost: false);
        memory.Write(to);
        return new(to.Written.ToArray(), isLost: false);
    }

    internal JudgeMemory? Restore(JudgePlan plan)
    {
        var from = new CompactReader(_bytes);
        return ReadHeader(ref from, plan, out var lost) && !lost ? JudgeMemory.Read(ref from, plan) : null;
    }

    private static void WriteHeader(CompactWriter to, JudgePlan plan, bool lost)
    {
        to.Bytes("SBJS"u8);
        to.Byte(Version);
        to.Text(plan.Rollout);
        to.Byte((byte)(lost ? 1 : 0));
    }

    private static bool ReadHeader(ref CompactReader from, JudgePlan plan, out bool lost)
    {
        var ours = from.Take(4).SequenceEqual("SBJS"u8) && from.Byte() == Version && from.Text() == plan.Rollout;
        lost = from.Byte() == 1;
        return ours && from.Ok;
    }
}

/// <summary>All that a judge must remember to go on: the arithmetic, the frame, whose evidence it is, and the clock's marks.</summary>
internal sealed class JudgeMemory(JudgeState state, JudgeFrame frame, KeyEvidence keys)
{
    public JudgeState State { get; } = state;

    public JudgeFrame Frame { get; set; } = frame;

    public KeyEvidence Keys { get; } = keys;

    /// <summary>The mode the keys' evidence belongs to.</summary>
    public JudgeMode Mode { get; set; }

    /// <summary>UTC ticks of the first judged tick; 0 before it.</summary>
    public long Began { get; set; }

    /// <summary>When the canary's first request began; 0 before it.</summary>
    public long CanaryBegan { get; set; }

    /// <summary>The last second of the rollout that opened a start time; -1 before the first.</summary>
    public long Second { get; set; } = -1;

    public long FrameDue { get; set; }

    public TickLog Log { get; } = new();

    public void Write(CompactWriter to)
    {
        foreach (var n in (ReadOnlySpan<long>)[Began, CanaryBegan, Second, FrameDue]) to.Long(n);
        to.Byte((byte)Mode);
        to.Bytes(Log.Digest);
        Frame.Write(to);
        State.Write(to);
        Keys.Write(to);
    }

    public static JudgeMemory? Read(ref CompactReader from, JudgePlan plan)
    {
        var (began, canaryBegan, second, frameDue) = (from.Long(), from.Long(), from.Long(), from.Long());
        var mode = from.Byte() == 0 ? JudgeMode.Compare : JudgeMode.Guard;
        var digest = from.Take(TickLog.DigestLength);
        var frame = JudgeFrame.Read(ref from);
        var state = JudgeState.Read(ref from, plan);
        var keys = new KeyEvidence(plan.KeyInterval, plan.MinimumKeys);
        keys.Read(ref from);
        if (!from.Ok) return null;
        var memory = new JudgeMemory(state, frame, keys) { Mode = mode, Began = began, CanaryBegan = canaryBegan, Second = second, FrameDue = frameDue };
        memory.Log.StartFrom(digest);
        return memory;
    }
}
