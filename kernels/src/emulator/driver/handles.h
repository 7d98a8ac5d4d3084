// SPDX-License-Identifier: Apache-2.0
// The objects that callers hold handles of.
#pragma once
#include <mutex>
#include <set>
#include <type_traits>

#include "driver.h"

namespace emulator {

// The objects of one kind. They recognize a handle that has been given back, or whose context is
// gone; objects of the latter stay in memory, so that no new one gets their address.
template <class T>
class Handles {
 public:
  void* add(T* object) {
    std::lock_guard<std::mutex> guard(lock);
    objects.insert(object);
    return object;
  }
  // Returns the object of a handle, or null.
  T* find(void* handle) {
    std::lock_guard<std::mutex> guard(lock);
    auto found = objects.find(static_cast<T*>(handle));
    return found != objects.end() && is_usable(**found) ? *found : nullptr;
  }
  void remove(T* object) {
    std::lock_guard<std::mutex> guard(lock);
    objects.erase(object);
    delete object;
  }
  template <class F>
  void remove_if(F is_over) {
    std::lock_guard<std::mutex> guard(lock);
    for (auto at = objects.begin(); at != objects.end();) {
      T* object = *at;
      if (is_over(*object)) {
        at = objects.erase(at);
        delete object;
      } else {
        ++at;
      }
    }
  }

 private:
  static bool is_usable([[maybe_unused]] const T& object) {
    if constexpr (std::is_base_of_v<InContext, T>) return object.context->alive;
    return true;
  }

  std::mutex lock;
  std::set<T*> objects;
};

}  // namespace emulator
