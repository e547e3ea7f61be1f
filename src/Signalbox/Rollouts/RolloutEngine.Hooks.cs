namespace Signalbox.Rollouts;

public sealed partial class RolloutEngine
{
    /// <summary>Starts the hook that the state asks for, or takes in the result of the one that ran.</summary>
    /// <remarks>A hook that has begun and does not run means that the control plane which ran it is gone.</remarks>
    private void RunHook(EngineTrack track)
    {
        if (track.State.Active is not { } rollout || rollout.Phase.HookName() is not { } name)
        {
            CancelHook(track);
            return;
        }
        if (rollout.HookGeneration > 0) CancelHook(track);
        else if (track.Hook is null) Take(track, new Signal.HookInterrupted(name));
        else if (track.Hook.IsCompleted) TakeResult(track, name);
    }

    private void TakeResult(EngineTrack track, string name)
    {
        var result = track.Hook!.IsCompletedSuccessfully
            ? track.Hook.Result
            : new HookResult(false, track.Hook.Exception?.GetBaseException().Message ?? "cancelled", null);
        if (Take(track, new Signal.HookFinished(name, result.Succeeded, result.Detail, result.OutputDigest)).Count > 0) track.Hook = null;
    }

    private void StartHook(EngineTrack track, RolloutEvent.HookStarted started)
    {
        if (track.State.Active is not { } rollout) return;
        var hook = rollout.HookOf(Phases.OfHook(started.Hook));
        track.HookCancel = new();
        track.Hook = hook is null
            ? Task.FromResult(new HookResult(false, "the release has no such hook", null))
            : _hooks.RunAsync(track.Key, rollout.Id, started.Hook, hook, rollout.Plan, track.HookCancel.Token);
    }

    private static void CancelHook(EngineTrack track)
    {
        if (track.HookCancel is not { } cancel) return;
        cancel.Cancel();
        cancel.Dispose();
        (track.HookCancel, track.Hook) = (null, null);
    }
}
