using Signalbox.Bench;
using Signalbox.Bench.Load;

try
{
    return args switch
    {
        ["judge", .. var rest] => JudgeBench.Run(rest),
        ["switch", .. var rest] => await SwitchBench.RunAsync(new(rest)),
        ["outage", .. var rest] => await OutageBench.RunAsync(new(rest)),
        ["swap", .. var rest] => await SwapBench.RunAsync(new(rest)),
        ["proxy", .. var rest] => await ProxyBench.RunAsync(new(rest)),
        ["crash", .. var rest] => await CrashBench.RunAsync(new(rest)),
        ["native", .. var rest] => await NativeBench.RunAsync(new(rest)),
        ["reports", .. var rest] => await ReportBench.RunAsync(new(rest)),
        ["verify", .. var rest] => await VerifyBench.RunAsync(new(rest)),
        ["load", var port, var file] => await LoadProcess.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), file),
        _ => Usage(),
    };
}
catch (Exception e)
{
    // caught, so that what the bench started ends with it
    Console.Error.WriteLine($"error[bench]: {e}");
    return 3;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Signalbox.Bench judge  [--quick] [--runs N] [--only TEXT] [--seed N]
               Signalbox.Bench switch [--quick] [--switches N] [--requests N] [--minutes N] [--kills N] [--strategy rolling|blueGreen|recreate]
               Signalbox.Bench outage [--quick] [--runs N] [--history-minutes N] [--only TEXT]
               Signalbox.Bench swap   [--quick] [--swaps N]
               Signalbox.Bench proxy  [--quick] [--rounds N] [--seconds N]
               Signalbox.Bench crash  [--quick] [--kills N] [--host-kills N]
               Signalbox.Bench native [--quick] [--runs N]
               Signalbox.Bench reports [--quick] [--runs N]
               Signalbox.Bench verify [--quick] [--runs N] [--rounds N]
        """);
    return 2;
}
