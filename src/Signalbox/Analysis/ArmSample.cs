namespace Signalbox.Analysis;

/// <summary>One arm's requests of one tick. Made by <see cref="ArmRecorder.Drain"/>.</summary>
public sealed class ArmSample
{
    public static ArmSample Empty { get; } = new();

    /// <summary>Finished or over age.</summary>
    public long Requests { get; init; }

    /// <summary>Bad ones after the per-key cap.</summary>
    public long Bad { get; init; }
}
