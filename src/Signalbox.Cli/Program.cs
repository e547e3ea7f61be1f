namespace Signalbox.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine("signalbox");
        return 0;
    }
}
