using Signalbox.Bench;

return args switch
{
    ["judge", .. var rest] => JudgeBench.Run(rest),
    ["switch", .. var rest] => await SwitchBench.RunAsync(new(rest)),
    ["swap", .. var rest] => await SwapBench.RunAsync(new(rest)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Signalbox.Bench judge [--quick] [--runs N] [--only TEXT] [--seed N]");
    Console.Error.WriteLine("       Signalbox.Bench switch [--quick] [--switches N] [--requests N]");
    Console.Error.WriteLine("       Signalbox.Bench swap [--quick] [--swaps N]");
    return 2;
}
