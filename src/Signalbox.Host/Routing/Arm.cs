using Signalbox.Analysis;

namespace Signalbox.Host.Routing;

/// <summary>The traffic side of one revision of a service: what was counted there and what is there now.</summary>
internal sealed class Arm(string revision)
{
    public string Revision { get; } = revision;

    public ArmRecorder Recorder { get; } = new();
}
