using System.Globalization;

namespace Signalbox.Bench;

/// <summary>Prints what was measured beside its bar, and remembers whether any was missed.</summary>
internal sealed class Bars
{
    private bool _missed;

    /// <summary>0 where every bar holds, else 1.</summary>
    public int ExitCode => _missed ? 1 : 0;

    public void Check(string bar, bool held, FormattableString measured)
    {
        _missed |= !held;
        Write(held ? "PASS" : "FAIL", bar, measured);
    }

    /// <summary>An aim: printed, and no reason to fail.</summary>
    public static void Aim(string aim, bool met, FormattableString measured) => Write(met ? "met " : "over", aim, measured);

    /// <summary>A figure without a bar.</summary>
    public static void Note(string what, FormattableString measured) => Write("    ", what, measured);

    public static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Write(string mark, string what, FormattableString measured) =>
        Console.WriteLine($"{mark}  {what,-62} {measured.ToString(CultureInfo.InvariantCulture)}");
}
