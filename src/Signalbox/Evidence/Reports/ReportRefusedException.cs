namespace Signalbox.Evidence.Reports;

/// <summary>Ends a reader inside <see cref="ReportReader"/>, which makes a <see cref="RefusedReport"/> of it.</summary>
internal sealed class ReportRefusedException(string reason) : Exception(reason);
