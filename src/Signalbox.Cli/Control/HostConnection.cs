using Signalbox.Runtimes;

namespace Signalbox.Cli.Control;

internal static class HostConnection
{
    public static IHostClient Open(Installation state) => throw new NotSupportedException(state.Path);
}
