namespace Signalbox.Tests.Evidence.Verification;

internal static partial class LocalSamples
{
    public static TheoryData<string> Names => [.. All];
}
