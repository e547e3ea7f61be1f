using Signalbox.Runtimes.Local;

namespace Signalbox.Cli.Control;

internal static class HostConnection
{
    public static HostSocketClient Open(Installation state) => new(state.Path);
}
