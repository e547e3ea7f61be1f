namespace Signalbox.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["storage-trial", var directory]) return Storage.StorageTrial.Run(directory, Console.Out);
        Console.WriteLine("signalbox");
        return 0;
    }
}
