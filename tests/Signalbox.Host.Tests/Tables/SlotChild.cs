using System.Runtime.CompilerServices;
using System.Text;
using Signalbox.Host.Tables;

namespace Signalbox.Host.Tests.Tables;

/// <summary>Makes this test program the process that a test kills, before the runner's entry point begins.</summary>
internal static class SlotChild
{
    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetCommandLineArgs() is [_, "child:slots", var path]) WriteForEver(path);
    }

    /// <summary>Prints each number once it is written: what was printed was acknowledged. Lengths vary, so that the file grows.</summary>
    private static void WriteForEver(string path)
    {
        using var file = new SlotFile(path);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        for (var number = file.Read() is { } known ? NumberIn(known) + 1 : 1; ; number++)
        {
            file.Write(Encoding.ASCII.GetBytes($"{number} ".PadRight((int)(number * 997 % 40_000) + 20)));
            if (number % 3 != 0) file.Flush();
            output.WriteLine(number);
        }
    }

    public static long NumberIn(byte[] content) => long.Parse(Encoding.ASCII.GetString(content).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
