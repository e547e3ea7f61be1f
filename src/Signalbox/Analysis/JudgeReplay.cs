using Signalbox.Diagnostics;

namespace Signalbox.Analysis;

/// <summary>What reading a tick log again gave.</summary>
/// <param name="Matches">Every recorded verdict and E-value was found again from the recorded counts.</param>
/// <param name="Ticks">Ticks read and recomputed.</param>
/// <param name="Digest">The chain's digest after the last whole record: compare it with the decision's.</param>
/// <param name="Findings">What does not match, is cut off or is not a tick log.</param>
public sealed record ReplayReport(
    bool Matches, long Ticks, Verdict Verdict, double LogE, double LogPromote, long CanaryRequests, long CanaryBad,
    long StableRequests, long StableBad, string Rollout, string Digest, IReadOnlyList<Finding> Findings)
{
    /// <summary>Tick at which the verdict became Fail; 0 where it never did.</summary>
    public long FellAtTick { get; init; }

    /// <summary>The chain's digest at that tick; empty where it never fell.</summary>
    public string FellAtDigest { get; init; } = "";

    /// <summary>Holds the log against the digest that a decision carries: an altered log whose numbers still add up has another one.</summary>
    /// <param name="digest">Of the decision that took the release back; null where none is known.</param>
    /// <param name="name">What the finding calls the log.</param>
    public ReplayReport ComparedWith(string? digest, string name)
    {
        var own = FellAtTick > 0 ? FellAtDigest : Digest;
        if (digest is null || string.Equals(digest, own, StringComparison.OrdinalIgnoreCase)) return this;
        var finding = Finding.Error("tick-log-digest", $"the log has digest {own}, the decision was made on {digest}", new Location(name), "signalbox judge replay takes the rollout's own tick log, unchanged");
        return this with { Matches = false, Findings = [.. Findings, finding] };
    }
}

/// <summary>Recomputes a rollout's decisions from its tick log. The bytes may be cut off or hostile.</summary>
public static class JudgeReplay
{
    private const int LargestRecord = 64 * 1024;

    /// <param name="log">The tick log, read to its end.</param>
    /// <param name="name">What findings call the log, usually its path.</param>
    public static ReplayReport Run(Stream log, string name = "tick log")
    {
        var replay = new Replay(name);
        try
        {
            while (replay.Sound && Next(log, replay) is { } record) replay.Read(record.Type, record.Whole, record.Body);
        }
        catch (IOException e)
        {
            replay.Complain("tick-log-unreadable", $"cannot read on after tick {replay.Ticks}: {e.Message}");
        }
        return replay.Report();
    }

    private static (TickRecord Type, byte[] Whole, ReadOnlyMemory<byte> Body)? Next(Stream log, Replay replay)
    {
        var type = log.ReadByte();
        if (type < 0) return null;
        var header = new CompactWriter();
        header.Byte((byte)type);
        if (Length(log) is not { } length || length is < 0 or > LargestRecord)
        {
            replay.Complain("tick-log-malformed", $"record {replay.Records + 1} has no valid length, expected at most {LargestRecord} bytes");
            return null;
        }
        header.Long(length);
        var whole = new byte[header.Written.Length + (int)length];
        header.Written.CopyTo(whole);
        var read = log.ReadAtLeast(whole.AsSpan(header.Written.Length), (int)length, throwOnEndOfStream: false);
        if (read == length) return ((TickRecord)type, whole, whole.AsMemory(header.Written.Length));
        replay.Complain("tick-log-truncated", $"record {replay.Records + 1} is cut off: {read} of {length} bytes");
        return null;
    }

    private static long? Length(Stream log)
    {
        Span<byte> bytes = stackalloc byte[10];
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = log.ReadByte();
            if (b < 0) return null;
            bytes[i] = (byte)b;
            if (b < 0x80) return new CompactReader(bytes[..(i + 1)]).Long();
        }
        return null;
    }

    /// <summary>One replay under way.</summary>
    private sealed class Replay(string name)
    {
        // a host saves once a second and ticks ten times: a minute's states find every point it may resume from
        private const int Kept = 600;
        private const double Tolerance = 1e-9;

        private readonly List<Finding> _findings = [];
        private readonly TickCounts _counts = new();
        private readonly byte[] _digest = new byte[TickLog.DigestLength];
        private readonly Queue<(string Digest, byte[] State)> _states = [];
        private JudgePlan? _plan;
        private JudgeFrame _frame = JudgeFrame.Cold;
        private JudgeState? _state;
        private (long Tick, string Digest) _fell = (0, "");

        public bool Sound { get; private set; } = true;

        public long Ticks { get; private set; }

        public long Records { get; private set; }

        public void Complain(string id, string message)
        {
            _findings.Add(Finding.Error(id, message, new Location(name), "signalbox judge replay takes the rollout's own tick log, unchanged"));
            Sound = false;
        }

        public void Read(TickRecord type, byte[] whole, ReadOnlyMemory<byte> body)
        {
            Records++;
            var from = new CompactReader(body.Span);
            if (type is TickRecord.Resume) Resume(body.Span);
            else if (type is TickRecord.Lost) Restart();
            TickLog.Chain(_digest, whole);
            switch (type)
            {
                case TickRecord.Plan: ReadPlan(ref from); break;
                case TickRecord.Frame: _frame = JudgeFrame.Read(ref from); break;
                case TickRecord.Tick: ReadTick(ref from); break;
                case TickRecord.Resume or TickRecord.Lost: return;
                default: Complain("tick-log-malformed", $"record {Records} is of an unknown type {(byte)type}"); return;
            }
            if (Sound && (!from.Ok || !from.AtEnd)) Complain("tick-log-malformed", $"record {Records} ({type}) is not whole");
        }

        public ReplayReport Report()
        {
            if (Records == 0 && Sound) Complain("tick-log-empty", "no record was found, expected a plan and ticks");
            return new ReplayReport(
                Sound, Ticks, _state?.Verdict ?? Verdict.NoData, _state?.LogE ?? 0, _state?.LogPromote ?? 0,
                _state?.CanaryRequests ?? 0, _state?.CanaryBad ?? 0, _state?.StableRequests ?? 0, _state?.StableBad ?? 0,
                _plan?.Rollout ?? "", Convert.ToHexStringLower(_digest), _findings)
            { FellAtTick = _fell.Tick, FellAtDigest = _fell.Digest };
        }

        private void ReadPlan(ref CompactReader from)
        {
            if (TickLog.ReadPlan(ref from) is not { } read)
            {
                Complain("tick-log-malformed", $"record {Records} is not a plan this version can judge by");
                return;
            }
            _plan = read.Plan;
            _state ??= new JudgeState(_plan, read.Alpha);
        }

        private void ReadTick(ref CompactReader from)
        {
            if (_plan is null || _state is null)
            {
                Complain("tick-log-malformed", $"record {Records} is a tick, expected the plan before it");
                return;
            }
            _counts.Read(ref from);
            var (verdict, logE, logPromote) = ((Verdict)from.Byte(), from.Double(), from.Double());
            if (!from.Ok) return;
            _state.Step(_plan, _frame, _counts);
            Ticks++;
            Compare(verdict, logE, logPromote);
            if (_state.Verdict == Verdict.Fail && _fell.Tick == 0) _fell = (_state.Ticks, Convert.ToHexStringLower(_digest));
            Keep();
        }

        private void Compare(Verdict verdict, double logE, double logPromote)
        {
            if (verdict != _state!.Verdict)
                Complain("tick-log-verdict", $"tick {_state.Ticks}: {verdict} was recorded, the counts give {_state.Verdict}");
            else if (!Near(logE, _state.LogE) || !Near(logPromote, _state.LogPromote))
                Complain("tick-log-evidence", FormattableString.Invariant($"tick {_state.Ticks}: ln E {logE:R} was recorded, the counts give {_state.LogE:R}"));
        }

        private static bool Near(double a, double b) => Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Abs(b));

        private void Keep()
        {
            var to = new CompactWriter();
            _state!.Write(to);
            _frame.Write(to);
            _states.Enqueue((Convert.ToHexStringLower(_digest), to.Written.ToArray()));
            if (_states.Count > Kept) _states.Dequeue();
        }

        private void Resume(ReadOnlySpan<byte> digest)
        {
            var at = Convert.ToHexStringLower(digest);
            // a rollout saved before its first tick resumes from nothing
            if (digest.Length == TickLog.DigestLength && !digest.ContainsAnyExcept((byte)0))
            {
                Restart();
                return;
            }
            var known = _states.FirstOrDefault(s => s.Digest == at);
            if (known.State is null || _plan is null)
            {
                Complain("tick-log-resume", $"record {Records} resumes from digest {at}, which no tick of the last minute has");
                return;
            }
            var from = new CompactReader(known.State);
            _state = JudgeState.Read(ref from, _plan);
            _frame = JudgeFrame.Read(ref from);
            digest.CopyTo(_digest);
            if (_fell.Tick > _state.Ticks) _fell = (0, "");
        }

        private void Restart()
        {
            (_state, _frame) = (null, JudgeFrame.Cold);
            _fell = (0, "");
            Array.Clear(_digest);
        }
    }
}
