using Signalbox.Analysis;
using Signalbox.Host.Routing;

namespace Signalbox.Host.Tables;

/// <summary>Runs a service's judge while a table has one, and feeds its history always. Under the track's lock.</summary>
internal sealed class ServiceJudging : IDisposable
{
    private const int TicksPerSave = 10;

    private readonly HostParts _parts;
    private readonly string _track;
    private readonly string _service;

    // made with the first request: a thousand idle services need none
    private StableHistory? _history;
    private JudgePlan? _plan;
    private ServiceJudge? _judge;
    private TickFiles? _files;
    private int _sinceSave;

    public ServiceJudging(string track, string service, HostParts parts)
    {
        (_parts, _track, _service) = (parts, track, service);
    }

    private StableHistory History =>
        _history ??= StableHistory.Load(_parts.JudgeFiles.ReadHistory(_track, _service), _parts.Steady.GetUtcNow());

    public JudgeReport? Report { get; private set; }

    /// <summary>The last plan's: what was judged by one age limit goes on being counted by it.</summary>
    public TimeSpan? AgeLimit { get; private set; }

    /// <summary>Takes over a table's plan: a new rollout's judge begins anew, the same rollout's goes on.</summary>
    public void Take(JudgePlan? plan)
    {
        if (plan is null || plan.Rollout != _plan?.Rollout) End();
        if (plan is null) return;
        if (_judge is null) Begin(plan);
        else if (plan != _plan) _judge.Update(plan);
        (_plan, AgeLimit) = (plan, plan.AgeLimit);
    }

    private void Begin(JudgePlan plan)
    {
        _files = _parts.JudgeFiles.Open(plan.Rollout, _service);
        _judge = new(plan, History, SavedBefore(_files, plan));
        _sinceSave = 0;
    }

    /// <summary>A judge that had begun and whose state cannot be read goes on with half its alpha.</summary>
    private static JudgeSnapshot? SavedBefore(TickFiles files, JudgePlan plan)
    {
        if (files.ReadSnapshot() is { } saved) return JudgeSnapshot.Load(saved, plan) ?? JudgeSnapshot.Lost(plan);
        return files.HasBegun ? JudgeSnapshot.Lost(plan) : null;
    }

    public JudgeReport? Tick(DateTimeOffset now, List<RoutedArm> arms, string? stable)
    {
        if (_judge is null)
        {
            foreach (var arm in arms) FeedHistory(now, arm.Arm, arm.Revision == stable);
            return null;
        }
        ArmSample canarySample = ArmSample.Empty, stableSample = ArmSample.Empty;
        foreach (var arm in arms)
        {
            var sample = arm.Arm.Recorder.Drain();
            if (arm.Revision == _plan!.Canary) canarySample = sample;
            else if (arm.Revision == _plan.Stable) stableSample = sample;
        }
        Report = _judge.Tick(now, canarySample, stableSample, _files!.Log);
        History.Add(now, stableSample);
        if (++_sinceSave >= TicksPerSave) Save();
        return Report;
    }

    private void FeedHistory(DateTimeOffset now, Arm arm, bool stable)
    {
        if (!arm.HasNews()) return;
        var sample = arm.Recorder.Drain();
        if (stable) History.Add(now, sample);
    }

    /// <summary>Hands what happened since the last save to the disk, behind the tick.</summary>
    public void Save()
    {
        _sinceSave = 0;
        if (_judge is { } judge) _files!.Save(judge.Save().ToBytes());
    }

    /// <summary>As <see cref="Save"/>, and waits for it.</summary>
    public async Task SaveAsync()
    {
        if (_judge is { } judge) await _files!.SaveLastAsync(judge.Save().ToBytes());
    }

    /// <returns>As it is written to the disk; null where there is none yet.</returns>
    public byte[]? CopyHistory() => _history?.Save();

    public void SaveHistory()
    {
        if (CopyHistory() is { } history) _parts.JudgeFiles.SaveHistory(_track, _service, history);
    }

    /// <summary>The service leaves the table: its history is written now, and not once more over what a later one has learned.</summary>
    public void Leave()
    {
        End();
        if (CopyHistory() is { } history) _ = _parts.JudgeFiles.LeaveHistoryAsync(_track, _service, history);
        _history = null;
    }

    private void End()
    {
        if (_judge is { } judge) _ = _parts.JudgeFiles.CloseAsync(_files!, judge.Save().ToBytes());
        (_files, _judge, _plan, Report) = (null, null, null, null);
    }

    public void Dispose()
    {
        End();
        SaveHistory();
    }
}
