using Signalbox.Host.Shim;

namespace Signalbox.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        // before anything else: a shim stays small, so it must not touch the command line library or ASP.NET
        if (args is ["shim", var directory]) return ShimMain.Run(directory);
        if (args is ["storage-trial", var trial]) return Storage.StorageTrial.Run(trial, Console.Out);
        Console.WriteLine("signalbox");
        return 0;
    }
}
