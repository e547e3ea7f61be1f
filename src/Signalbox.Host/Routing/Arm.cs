using Signalbox.Analysis;

namespace Signalbox.Host.Routing;

/// <summary>The traffic side of one revision of a service: what was counted there.</summary>
internal sealed class Arm(string revision)
{
    private long _seen;

    public string Revision { get; } = revision;

    public ArmRecorder Recorder { get; } = new();

    /// <summary>Whether requests were counted since it was last asked. One reader.</summary>
    public bool HasNews()
    {
        var total = Recorder.Totals.Requests;
        var news = total != _seen;
        _seen = total;
        return news;
    }
}
