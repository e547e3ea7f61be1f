using Signalbox.Rollouts;

namespace Signalbox.Server;

/// <summary>One text a rollout: the failed instance's last lines.</summary>
internal sealed class FailureLogFiles(ExpiringTexts texts) : IFailureLogs
{
    public void Keep(string rollout, IReadOnlyList<string> lines) => texts.Keep(rollout, string.Join('\n', lines));

    public IReadOnlyList<string> Read(string rollout) => texts.Read(rollout) is { Length: > 0 } text ? text.Split('\n') : [];
}
