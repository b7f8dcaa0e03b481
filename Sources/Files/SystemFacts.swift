#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Number of processors that are online, at least 1.
public func processorCount() -> Int {
  max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}

/// Largest resident memory of this process so far, in bytes; 0 where the system does not say.
public func peakResidentByteCount() -> Int {
  var usage = rusage()
  #if canImport(Darwin)
    guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    return Int(usage.ru_maxrss)
  #else
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return Int(usage.ru_maxrss) * 1024
  #endif
}

/// Memory of the machine, in bytes; `Int.max` where the system does not say.
public func physicalMemoryByteCount() -> Int {
  let (pages, pageSize) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
  let (product, overflow) = pages.multipliedReportingOverflow(by: pageSize)
  return pages > 0 && pageSize > 0 && !overflow ? product : .max
}
