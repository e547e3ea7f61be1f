using Signalbox.Host.Shim;

namespace Signalbox.Cli.Verbs;

/// <summary>The hidden verb that runs one workload and outlives the host.</summary>
internal static class ShimVerb
{
    public static int Run(string[] args)
    {
        if (args is [var directory]) return ShimMain.Run(directory);
        Console.Error.WriteLine("error[usage]: shim takes the instance's directory; the host starts it");
        return ExitCode.Usage;
    }
}
